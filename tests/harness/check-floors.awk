# The part of check-floors that reads the sources: all of tui/ and include/, in order.
function violation(file, why) { print file ": " why; bad = 1 }

function basename(path) { sub(/.*\//, "", path); sub(/(_internal)?\.[ch]$/, "", path); return path }

BEGIN {
    split("base:1 text:2 data:2 trust:2 model:3 git:4 store:4 evaluate:4 ui:4 review:5 screens:6 commands:7", floors, " ")
    for (i in floors) { split(floors[i], pair, ":"); floor[pair[1]] = pair[2] }
    # Third-party headers, and those of the system that have one home.
    split("utf8proc.h=text md4c.h=text pcre2.h=text jansson.h=data yaml.h=data sqlite3.h=store pthread.h=base malloc.h=base " \
          "spawn.h=base threads.h=base ncurses.h=ui/term.c curses.h=ui/term.c ncursesw/ncurses.h=ui/term.c " \
          "ncursesw/curses.h=ui/term.c term.h=ui/term.c git2.h=git", list, " ")
    for (i in list) { split(list[i], pair, "="); home[pair[1]] = pair[2] }
    prefixes["openssl/"] = "trust"; prefixes["sodium/"] = "trust"; prefixes["git2/"] = "git"; prefixes["curl/"] = "evaluate"
    split("assert ctype dirent errno fcntl fnmatch float ftw getopt glob inttypes iso646 langinfo libgen limits locale " \
          "math netdb poll pwd regex sched setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib " \
          "stdnoreturn string strings termios time unistd wchar wctype pty util", list, " ")
    for (i in list) standard[list[i] ".h"] = 1
}

function home_of(header, prefix)
{
    if (header in home) return home[header]
    for (prefix in prefixes) if (index(header, prefix) == 1) return prefixes[prefix]
    return ""
}

FNR == 1 { enter(FILENAME) }

function enter(file, parts, count)
{
    count = split(file, parts, "/")
    is_header = file ~ /\.h$/
    is_internal = file ~ /_internal\.h$/
    name = basename(file)
    known = 1
    exists[file] = 1
    if (file == "tui/main.c") { folder = ""; my_floor = 8; return }
    folder = is_header ? parts[3] : parts[2]
    if (is_header && parts[1] == "tui") { violation(file, "a header lies under include/assay"); known = 0 }
    else if (is_header && (count != 4 || parts[2] != "assay")) { violation(file, "a public header lies at include/assay/<folder>/<name>.h"); known = 0 }
    else if (!is_header && count != 3) { violation(file, "a room lies at tui/<folder>/<name>.c"); known = 0 }
    else if (!(folder in floor)) { violation(file, "the folder " folder " is on no floor"); known = 0 }
    if (!known) return
    my_floor = floor[folder]
    if (is_header) headers[file] = folder "/" name
    else {
        if (name in taken) violation(file, "the name " name " is taken by " taken[name])
        else taken[name] = file
        rooms[file] = folder "/" name
    }
}

known && /^[ \t]*#[ \t]*include[ \t]*"/ {
    header = $0; sub(/^[^"]*"/, "", header); sub(/".*/, "", header)
    included(FILENAME, header)
}

function included(file, header, parts, other)
{
    if (split(header, parts, "/") != 3 || parts[1] != "assay" || header ~ /\.\./) {
        violation(file, "includes \"" header "\", which is not assay/<folder>/<name>.h")
        return
    }
    wanted[file, header] = 1
    other = parts[2]
    if (!(other in floor)) violation(file, "includes " header ", whose folder is on no floor")
    else if (other == folder) {
        if (basename(header) != name) edges[folder "/" name] = edges[folder "/" name] " " folder "/" basename(header)
    }
    else if (header ~ /_internal\.h$/) violation(file, "includes " header ", which is internal to " other)
    else if (floor[other] == my_floor) violation(file, "includes " header ": " other " and " folder " are on the same floor")
    else if (floor[other] > my_floor) violation(file, "includes " header " of floor " floor[other] " from floor " my_floor)
}

known && /^[ \t]*#[ \t]*include[ \t]*</ {
    header = $0; sub(/^[^<]*</, "", header); sub(/>.*/, "", header)
    place = home_of(header)
    if (place != "") {
        if (place != folder && place != folder "/" name ".c") violation(FILENAME, "includes <" header ">, whose only home is " place)
        else if (is_header && !is_internal && header != "pthread.h") violation(FILENAME, "shows <" header "> to other rooms: hide it in the .c")
    } else if (!(header in standard) && header !~ /^(sys|netinet|arpa|sanitizer)\//)
        violation(FILENAME, "includes <" header ">, which has no home")
}

# A prototype of the formatter's shape: it begins at the margin.
known && is_header && /^[A-Za-z_][A-Za-z0-9_ *]*[ *][a-z_0-9]+\(/ && !/^(typedef|extern "C")/ && !(FILENAME in declares) {
    symbol = $0; sub(/\(.*/, "", symbol); sub(/.*[ *]/, "", symbol)
    if (symbol != "__attribute__") declares[FILENAME] = symbol
}

# Figures: a function's body stands between a { and a } at the margin.
!is_header { lines[FILENAME] = FNR }
!is_header && /^\{/ { body = FNR }
!is_header && /^\}/ && body {
    lengths[++functions] = FNR - body - 1
    if (FNR - body - 1 > 100) long_ones = long_ones "\n  " FILENAME ":" body ": a function of " (FNR - body - 1) " lines"
    body = 0
}

function visit(node, path, i, count, next_nodes)
{
    if (state[node] == 2) return
    if (state[node] == 1) {
        sub("^.*(^| > )" node " > ", node " > ", path)
        violation("include/assay/" node ".h", "is in a circle of includes: " path)
        return
    }
    state[node] = 1
    count = split(edges[node], next_nodes, " ")
    for (i = 1; i <= count; i++) visit(next_nodes[i], path " > " next_nodes[i])
    state[node] = 2
}

function sort_numbers(numbers, count, i, j, value)
{
    for (i = 2; i <= count; i++) {
        value = numbers[i]
        for (j = i - 1; j > 0 && numbers[j] > value; j--) numbers[j + 1] = numbers[j]
        numbers[j + 1] = value
    }
}

function figures(what, numbers, count)
{
    sort_numbers(numbers, count)
    printf "floors: %d %s, lines: median %d, nine in ten %d, longest %d\n", count, what, numbers[int((count + 1) / 2)], \
           numbers[int(count * 0.9 + 0.5)], numbers[count]
}

END {
    for (wish in wanted) {
        split(wish, parts, SUBSEP)
        if (!(("include/" parts[2]) in exists)) violation(parts[1], "includes " parts[2] ", which does not exist")
    }
    for (file in declares)
        if (!(("tui/" headers[file] ".c") in rooms)) violation(file, "declares " declares[file] ", but there is no tui/" headers[file] ".c")
    for (file in rooms)
        if (!(("include/assay/" rooms[file] ".h") in headers) && !(("include/assay/" rooms[file] "_internal.h") in headers)) violation(file, "has no header include/assay/" rooms[file] ".h")
    for (node in edges) visit(node, node)
    for (file in lines) sizes[++files] = lines[file]
    if (files > 0) figures("files", sizes, files)
    if (functions > 0) figures("functions", lengths, functions)
    if (long_ones != "") print "floors: longer than 100 lines:" long_ones
    exit bad
}
