#pragma once

#include <sqlite3.h>

// What Swift cannot call: variadic functions and a macro that is a cast.

static inline int galley_sqlite3_db_config(sqlite3 *database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}

static inline int galley_sqlite3_config(int option, int value) {
    return sqlite3_config(option, value);
}

static inline sqlite3_destructor_type galley_sqlite3_transient(void) {
    return SQLITE_TRANSIENT;
}
