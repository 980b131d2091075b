// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* part.c - see symbols/dwarf/part.h */
#include <errno.h>
#include <string.h>

#include "symbols/dwarf/part.h"

static int section_number(const char *name)
{
	static const char *const names[SECTIONS] = {
		[SECTION_INFO] = ".debug_info",
		[SECTION_ABBREV] = ".debug_abbrev",
		[SECTION_STR] = ".debug_str",
		[SECTION_LINE_STR] = ".debug_line_str",
		[SECTION_STR_OFFSETS] = ".debug_str_offsets",
		[SECTION_ADDR] = ".debug_addr",
		[SECTION_RANGES] = ".debug_ranges",
		[SECTION_RNGLISTS] = ".debug_rnglists",
		[SECTION_ALTLINK] = ".gnu_debugaltlink",
	};

	for (int i = 0; name && i < SECTIONS; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -1;
}

/* How large it is when it is not compressed. */
static uint64_t full_size(Elf_Scn *section, const GElf_Shdr *header)
{
	GElf_Chdr compressed;

	if (!(header->sh_flags & SHF_COMPRESSED))
		return header->sh_size;
	return gelf_getchdr(section, &compressed) ? compressed.ch_size : 0;
}

static int read_section(struct bytes *to, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data;

	if (full_size(section, header) > SECTION_BYTES_MAX || header->sh_size > SECTION_BYTES_MAX)
		return -EFBIG;
	if (header->sh_flags & SHF_COMPRESSED && elf_compress(section, 0, 0) < 0)
		return -EBADMSG;
	data = elf_getdata(section, NULL);
	if (!data || !data->d_buf)
		return 0;
	*to = (struct bytes){data->d_buf, (const uint8_t *)data->d_buf + data->d_size, false};
	return 0;
}

static int read_sections(struct dwarf_part *part)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	int err = 0;
	size_t names;

	if (elf_getshdrstrndx(part->file.elf, &names))
		return -ENODATA;
	while (!err && (section = elf_nextscn(part->file.elf, section))) {
		int number;

		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
			continue;
		number = section_number(elf_strptr(part->file.elf, names, header.sh_name));
		if (number >= 0 && !part->section[number].at)
			err = read_section(&part->section[number], section, &header);
	}
	return err;
}

int dwarf_part_open(struct dwarf_part *part, const struct elf_file *file)
{
	int err;

	*part = (struct dwarf_part){.file = *file};
	err = read_sections(part);
	if (!err && (!part->section[SECTION_INFO].at || !part->section[SECTION_ABBREV].at))
		err = -ENODATA;
	if (err)
		dwarf_part_close(part);
	return err;
}

void dwarf_part_close(struct dwarf_part *part)
{
	if (part->file.elf)
		elf_file_close(&part->file);
	*part = (struct dwarf_part){.file = {.elf = NULL}};
}
