# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What prove and mutants share: where the tools are, and what is expected."""
import os
import subprocess
import sys

LITMUS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOT = os.path.dirname(os.path.dirname(LITMUS))


def expectations(path=f'{LITMUS}/expected.def'):
    """(test, model), for what is not forbidden."""
    found = set()
    with open(path, encoding='ascii') as file:
        for line in file:
            fields = line.split('#')[0].split()
            found |= {(fields[0], model) for model in fields[1:]}
    return found


def proof_tools(what):
    """The directory of herd7 and the models; ends the program if they cannot be had."""
    done = subprocess.run([f'{ROOT}/tools/proof-tools'], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout.strip()
    why = (done.stderr.strip().splitlines() or ['tools/proof-tools failed'])[-1]
    if done.returncode == 3 and not os.environ.get('LATCHKIT_REQUIRE_PROOFS'):
        print(f'SKIP {what}: {why}')
        sys.exit(0)
    print(f'FAIL {what}: {why}')
    sys.exit(1)
