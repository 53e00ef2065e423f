// The part of simdjson that Swift calls: parse once, then read the parsed document by position.
//
// A position is an index on simdjson's tape, whose layout its doc/tape.md fixes. No function throws. Positions come
// from these functions alone; a reader asks for the kind first, and then for that kind's value.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_document json_document;

typedef enum {
    json_ok,
    json_malformed,
    json_too_deep,
    json_too_large,
    json_out_of_memory,
} json_status;

/// The tape's own byte for each kind. `json_end` closes an array or an object.
typedef enum {
    json_object = '{',
    json_array = '[',
    json_string = '"',
    json_int64 = 'l',
    json_uint64 = 'u',
    json_double = 'd',
    json_true = 't',
    json_false = 'f',
    json_null = 'n',
    json_end = ']',
} json_kind;

typedef struct {
    const uint8_t *bytes;
    size_t count;
} json_text;

/// Copies what it needs of `bytes`. Returns NULL unless `status` is `json_ok`.
json_document *json_parse(const uint8_t *bytes, size_t count, json_status *status);
void json_free(json_document *document);

/// The position of the outermost value.
size_t json_root(void);
json_kind json_kind_at(const json_document *document, size_t position);
/// The position after the value at `position`: its sibling, or the end of the enclosing array or object.
size_t json_next(const json_document *document, size_t position);
/// The first position inside the array or object at `position`: a value, a key or the end.
size_t json_inside(size_t position);

int64_t json_int64_at(const json_document *document, size_t position);
uint64_t json_uint64_at(const json_document *document, size_t position);
double json_double_at(const json_document *document, size_t position);
/// Valid as long as the document.
json_text json_string_at(const json_document *document, size_t position);

/// The position of the first key that its object already has; 0 where there is none. `status` says whether there was
/// enough memory to know.
size_t json_repeated_key(const json_document *document, json_status *status);

/// Reads numbers from `*position` on into `out`, at most `capacity` of them, and moves `*position` past them.
/// Stops early at anything else. Returns how many were read.
size_t json_read_numbers(const json_document *document, size_t *position, double *out, size_t capacity);

/// Reads rows (arrays of exactly `columns` numbers) from `*position` on into `out`, row after row, at most `capacity`
/// of them, and moves `*position` past them. Stops early at anything else. Returns how many were read.
size_t json_read_rows(const json_document *document, size_t *position, size_t columns, double *out, size_t capacity);

/// The same for records: objects of numbers with the keys of the object at `model` of `other`, in any order. `out` is in
/// the order of `model`. The documents, which may be the same, must have no repeated key.
size_t json_read_records(const json_document *document, size_t *position, const json_document *other, size_t model,
                         size_t columns, double *out, size_t capacity);

/// Reads a decimal number that fills the whole text; the caller tells too small from too large.
typedef enum { number_ok, number_malformed, number_too_small_or_large } number_status;
number_status number_read(const uint8_t *bytes, size_t count, double *out);

#ifdef __cplusplus
}
#endif
