// simdjson's document model behind a C interface; no exception crosses it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parsed document; owns all of its elements.
typedef struct json_document json_document;

/// A place in a document.
typedef struct {
    const void *document;
    size_t index;
} json_element;

typedef enum { json_null, json_bool, json_number, json_string, json_array, json_object } json_kind;

typedef enum { json_ok, json_empty, json_too_deep, json_too_large, json_not_utf8, json_bad_number, json_malformed } json_status;

/// Copies and parses the bytes; on success the document must be freed.
json_status json_parse(const uint8_t *bytes, size_t count, json_document **document);
void json_free(json_document *document);
json_element json_root(const json_document *document);

json_kind json_kind_of(json_element element);
bool json_bool_of(json_element element);
double json_number_of(json_element element);
/// Whether the number is a whole one that the result holds exactly.
bool json_integer_of(json_element element, int64_t *result);
/// Not terminated by zero.
const char *json_string_of(json_element element, size_t *count);
/// The number of members or elements.
size_t json_count(json_element element);
/// Fills `count` elements of an array.
void json_array_of(json_element element, json_element *elements, size_t count);
/// Fills `count` names and values of an object; names point into the document.
void json_object_of(json_element element, const char **names, size_t *lengths, json_element *values, size_t count);
/// Copies the numbers of an array; returns the index of the first that is no number, or `count`.
size_t json_numbers_of(json_element element, double *numbers, size_t count);

/// Reads a whole text as a decimal number; false where it is something else or not finite.
bool json_decimal(const char *text, size_t count, double *result);

#ifdef __cplusplus
}
#endif
