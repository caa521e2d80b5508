#include "assay/commands/show_command.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "assay/commands/print.h"
#include "assay/review/load.h"
#include "assay/text/align.h"
#include "assay/text/sanitise.h"
#include "assay/text/utf8.h"

enum { WIDTH_STANDARD = 100, WIDTH_MIN = 40, GAP = 3 };

/* What is shown of a change: all of it, or what the options name. */
struct selection {
    const char *module, *prompt, *case_id;
    size_t width;
    size_t shown;
};

static size_t terminal_width(void)
{
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_MIN)
        return size.ws_col;
    return WIDTH_STANDARD;
}

/* Removed words stand in {braces}, added ones in [brackets], so that the difference needs no colour. */
static void mark_range(struct slice text, struct diff_range range, const char *marks, struct str *out)
{
    struct slice part = slice_part(text, range.offset, range.size);
    struct slice core = slice_trim(part);
    if (core.size == 0) {
        str_append(out, part);
        return;
    }
    size_t lead = (size_t)(core.data - part.data);
    str_append(out, slice_part(part, 0, lead));
    str_push(out, marks[0]);
    str_append(out, core);
    str_push(out, marks[1]);
    str_append(out, slice_from(part, lead + core.size));
}

static void mark_text(const struct diff *diff, int side, struct slice text, struct str *out)
{
    for (size_t i = 0; i < diff->count; i++) {
        struct diff_range range = side == 0 ? diff->hunks[i].a : diff->hunks[i].b;
        if (diff->hunks[i].kind == DIFF_EQUAL)
            str_append(out, slice_part(text, range.offset, range.size));
        else
            mark_range(text, range, side == 0 ? "{}" : "[]", out);
    }
}

static void print_row(struct slice text, const struct wrap *wrap, uint32_t row, size_t width)
{
    struct str line = STR_INIT;
    if (row != ALIGN_FILLER) {
        str_append_repeat(&line, ' ', wrap->rows[row].indent);
        str_append(&line, slice_part(text, wrap->rows[row].offset, wrap->rows[row].size));
    }
    print_cell(str_slice(&line), (int)width);
    str_clear(&line);
}

static void print_sides(struct slice golden, struct slice candidate, size_t width)
{
    struct str left = STR_INIT, right = STR_INIT, marked_left = STR_INIT, marked_right = STR_INIT;
    struct diff diff, marked;
    struct wrap wrap_left, wrap_right;
    struct align align;
    size_t column = (width - GAP) / 2;
    diff_init(&diff);
    diff_init(&marked);
    wrap_init(&wrap_left);
    wrap_init(&wrap_right);
    align_init(&align);
    sanitise_append(&left, golden, SANITISE_TEXT);
    sanitise_append(&right, candidate, SANITISE_TEXT);
    diff_text(&diff, str_slice(&left), str_slice(&right), NULL);
    mark_text(&diff, 0, str_slice(&left), &marked_left);
    mark_text(&diff, 1, str_slice(&right), &marked_right);
    wrap_text(&wrap_left, str_slice(&marked_left), (unsigned)column);
    wrap_text(&wrap_right, str_slice(&marked_right), (unsigned)column);
    diff_text(&marked, str_slice(&marked_left), str_slice(&marked_right), NULL);
    align_layouts(&align, &marked, &wrap_left, &wrap_right);
    for (size_t i = 0; i < align.count; i++) {
        print_row(str_slice(&marked_left), &wrap_left, align.rows[i].left, column);
        print_text(" │ ");
        print_row(str_slice(&marked_right), &wrap_right, align.rows[i].right, 0);
        print_text("\n");
    }
    align_clear(&align);
    wrap_clear(&wrap_right);
    wrap_clear(&wrap_left);
    diff_clear(&marked);
    diff_clear(&diff);
    str_clear(&marked_right);
    str_clear(&marked_left);
    str_clear(&right);
    str_clear(&left);
}

static struct slice golden_text(const struct module_case *item)
{
    return item->golden && item->golden->expected_count > 0 ? item->golden->expected[0] : (struct slice){0};
}

static void print_case(const struct module_prompt *prompt, const struct module_case *item, size_t width)
{
    print_line("\n── %.*s ▸ %.*s", SLICE_ARG(prompt->id), SLICE_ARG(item->id));
    if (item->state != STALENESS_FRESH)
        print_text("   (%s)", staleness_words(item->state));
    if (!item->golden)
        print_text("   (not in the golden dataset)");
    print_text("\n");
    size_t column = (width - GAP) / 2;
    print_cell(SLICE("Golden"), (int)column);
    print_text(" │ Candidate\n");
    if (item->candidate && item->candidate->failed.size > 0)
        print_line("the endpoint answered: %.*s\n", SLICE_ARG(item->candidate->failed));
    print_sides(golden_text(item), item->candidate ? item->candidate->text : (struct slice){0}, width);
}

static void print_file(const struct module_file *file, size_t width)
{
    print_line("\n── %.*s\n", SLICE_ARG(file->path));
    size_t column = (width - GAP) / 2;
    print_cell(file->before.data ? SLICE("Today") : SLICE("Today   (not there)"), (int)column);
    print_line(" │ With this change%s\n", file->after.data ? "" : "   (not there)");
    print_sides(file->before, file->after, width);
}

static void print_module(const struct module *module, struct selection *selection)
{
    if (selection->module && !slice_is(module->path, selection->module) && !slice_is(module->name, selection->module))
        return;
    print_line("%.*s %.*s   %s risk   %.*s\n", SLICE_ARG(module->name), SLICE_ARG(module->version),
               manifest_risk_name(module->risk), SLICE_ARG(module->path));
    for (size_t i = 0; i < module->problem_count; i++)
        print_line("  ! %.*s\n", SLICE_ARG(module->problems[i].detail));
    for (size_t i = 0; i < module->file_count && !selection->prompt && !selection->case_id; i++)
        print_file(&module->files[i], selection->width);
    if (module->is_policies)
        selection->shown++;
    for (size_t p = 0; p < module->prompt_count; p++) {
        const struct module_prompt *prompt = &module->prompts[p];
        if (selection->prompt && !slice_is(prompt->id, selection->prompt))
            continue;
        for (size_t c = 0; c < prompt->case_count; c++) {
            if (selection->case_id && !slice_is(prompt->cases[c].id, selection->case_id))
                continue;
            print_case(prompt, &prompt->cases[c], selection->width);
            selection->shown++;
        }
    }
    print_text("\n");
}

/* ---- JSON: the same, as data ---- */

static struct value *new_case(struct arena *arena, const struct module_case *item)
{
    struct value *map = value_new_map(arena);
    value_set(arena, map, "case", value_of_text(item->id));
    value_set(arena, map, "golden", item->golden ? value_of_text(golden_text(item)) : value_of_null());
    value_set(arena, map, "candidate", item->candidate ? value_of_text(item->candidate->text) : value_of_null());
    value_set(arena, map, "baseline", item->baseline ? value_of_text(item->baseline->text) : value_of_null());
    value_set(arena, map, "stale", value_of_bool(staleness_is_stale(item->state)));
    value_set(arena, map, "state", value_of_text(slice_of(staleness_words(item->state))));
    return map;
}

/* JSON holds text alone: bytes that are none are shown as marks. */
static struct value new_text(struct arena *arena, struct slice bytes)
{
    struct str text = STR_INIT;
    if (!bytes.data)
        return value_of_null();
    if (utf8_valid(bytes))
        return value_of_text(bytes);
    sanitise_append(&text, bytes, SANITISE_TEXT);
    struct value value = value_of_text(arena_copy(arena, str_slice(&text)));
    str_clear(&text);
    return value;
}

static struct value *new_files(struct arena *arena, const struct module *module)
{
    struct value *files = value_new_list(arena);
    for (size_t i = 0; i < module->file_count; i++) {
        const struct module_file *file = &module->files[i];
        struct value *map = value_new_map(arena);
        value_set(arena, map, "path", value_of_text(file->path));
        value_set(arena, map, "before", new_text(arena, file->before));
        value_set(arena, map, "after", new_text(arena, file->after));
        value_add(arena, files, *map);
    }
    return files;
}

static struct value *new_prompt(struct arena *arena, const struct module_prompt *prompt, const char *case_id)
{
    struct value *map = value_new_map(arena), *cases = value_new_list(arena);
    for (size_t i = 0; i < prompt->case_count; i++)
        if (!case_id || slice_is(prompt->cases[i].id, case_id))
            value_add(arena, cases, *new_case(arena, &prompt->cases[i]));
    value_set(arena, map, "id", value_of_text(prompt->id));
    value_set(arena, map, "cases", *cases);
    return map;
}

static void print_load_json(const struct load *load, const struct selection *selection)
{
    struct arena arena = ARENA_INIT;
    struct value *map = value_new_map(&arena), *modules = value_new_list(&arena);
    for (size_t m = 0; m < load->module_count; m++) {
        const struct module *module = &load->modules[m];
        if (selection->module && !slice_is(module->path, selection->module) &&
            !slice_is(module->name, selection->module))
            continue;
        struct value *item = value_new_map(&arena), *prompts = value_new_list(&arena);
        char digest[DIGEST_TEXT_SIZE + 1];
        for (size_t p = 0; p < module->prompt_count; p++)
            if (!selection->prompt || slice_is(module->prompts[p].id, selection->prompt))
                value_add(&arena, prompts, *new_prompt(&arena, &module->prompts[p], selection->case_id));
        digest_format(&module->digest, digest);
        value_set(&arena, item, "path", value_of_text(module->path));
        value_set(&arena, item, "name", value_of_text(module->name));
        value_set(&arena, item, "version", value_of_text(module->version));
        value_set(&arena, item, "digest", value_of_text(arena_copy(&arena, slice_of(digest))));
        value_set(&arena, item, "prompts", *prompts);
        if (module->is_policies)
            value_set(&arena, item, "files", *new_files(&arena, module));
        value_add(&arena, modules, *item);
    }
    value_set(&arena, map, "change", value_of_text(load->change));
    value_set(&arena, map, "modules", *modules);
    print_json(map);
    arena_clear(&arena);
}

static int run(const struct command_line *line, struct error *error)
{
    struct workspace *workspace = NULL;
    struct cache *cache = NULL;
    struct changes changes;
    const struct change *change;
    struct load load;
    struct selection selection = {command_option(line, "module"), command_option(line, "prompt"),
                                  command_option(line, "case"), terminal_width(), 0};
    if (command_number(line, "width") > 0)
        selection.width = (size_t)command_number(line, "width");
    if (selection.width < WIDTH_MIN)
        return error_set(error, ERROR_USAGE, "--width must be at least %d: two sides need room.", WIDTH_MIN);
    changes_init(&changes);
    if (workspace_open(line->folder, &workspace, error) < 0)
        return -1;
    cache = cache_new(workspace);
    if (load_find(workspace, slice_of(line->words[0]), &changes, &change, error) == 0 &&
        load_change(workspace, cache, change, &load, error) == 0) {
        if (line->json) {
            print_load_json(&load, &selection);
        } else {
            for (size_t i = 0; i < load.problem_count; i++)
                print_line("! %.*s\n", SLICE_ARG(load.problems[i].detail));
            for (size_t i = 0; i < load.module_count; i++)
                print_module(&load.modules[i], &selection);
            if (selection.shown == 0)
                error_set(error, ERROR_INPUT, "%.*s has no case that matches; without options all are shown.",
                          SLICE_ARG(load.change));
        }
        load_clear(&load);
    }
    cache_free(cache);
    changes_clear(&changes);
    workspace_close(workspace);
    return 0;
}

static const struct command_option options[] = {
    {"module", "M", "only this module, by name or path", OPTION_VALUE},
    {"prompt", "P", "only this prompt", OPTION_VALUE},
    {"case", "C", "only this case", OPTION_VALUE},
    {"width", "N", "columns for the two sides; the terminal's by default", OPTION_NUMBER},
    {NULL, NULL, NULL, OPTION_FLAG},
};

const struct command show_command = {
    .name = "show",
    .words = "CHANGE",
    .summary = "Shows golden answers and candidate outputs side by side",
    .details =
        "Words of the golden answer that the candidate lacks stand in {braces}, words that it adds in [brackets]. Of a "
        "change of the policy: its files, as they are today and with the change.",
    .exits = "0 shown",
    .words_min = 1,
    .words_max = 1,
    .options = options,
    .run = run,
};
