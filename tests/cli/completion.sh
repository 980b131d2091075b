#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What bash completes: subcommands, options, names of recipes.
. "$(dirname "$0")/lib.sh"
export XDG_CONFIG_HOME="$work/config"
. tools/completion/latchkit

# completes LINE WORD...: bash, at the end of the line, would offer these, one of them at least.
completes() {
	COMP_LINE=$1 COMP_POINT=${#1}
	shift
	# As bash cuts words: also before and behind each @.
	read -r -a COMP_WORDS <<<"$(sed 's/@/ @ /g' <<<"$COMP_LINE")"
	[[ $COMP_LINE != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_WORDS[0]=$lk
	_latchkit
	for want in "$@"; do
		[[ " ${COMPREPLY[*]} " = *" $want "* ]] || return 1
	done
	[ ${#COMPREPLY[@]} -gt 0 ]
}

COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
check "subcommands" completes 'latchkit ' trace list doctor
check "one of them" completes 'latchkit tr' trace
check "options" completes 'latchkit trace --fl' --flame=
check "options of another" completes 'latchkit list --j' --json
check "recipes" completes 'latchkit trace @' runqlen bitesize
check "some of them" completes 'latchkit trace -d 1 @bite' bitesize
check "and no other" [ "${COMPREPLY[*]}" = bitesize ]
check "list recipes" completes 'latchkit list r' recipes
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
check "where @ breaks no word" completes 'latchkit trace @bite' @bitesize
check "nothing like that" eval '! completes "latchkit trace @zzz"'
done_testing
