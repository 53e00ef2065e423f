#include "CSimdjson.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <new>
#include <simdjson.h>

using namespace simdjson;

struct json_document {
    dom::parser parser;
    dom::element root;
};

static_assert(sizeof(dom::element) == sizeof(json_element), "an element is a document and a place in it");

static dom::element unwrap(json_element element) {
    dom::element result;
    std::memcpy(static_cast<void *>(&result), &element, sizeof element);
    return result;
}

static json_element wrap(dom::element element) {
    json_element result;
    std::memcpy(&result, static_cast<const void *>(&element), sizeof result);
    return result;
}

json_status json_parse(const uint8_t *bytes, size_t count, json_document **document) {
    auto *made = new (std::nothrow) json_document;
    if (made == nullptr) return json_too_large;
    auto error = made->parser.parse(bytes, count).get(made->root);
    if (error == SUCCESS) {
        *document = made;
        return json_ok;
    }
    delete made;
    switch (error) {
    case EMPTY: return json_empty;
    case DEPTH_ERROR: return json_too_deep;
    case CAPACITY:
    case MEMALLOC: return json_too_large;
    case UTF8_ERROR: return json_not_utf8;
    case NUMBER_ERROR: return json_bad_number;
    default: return json_malformed;
    }
}

void json_free(json_document *document) { delete document; }

json_element json_root(const json_document *document) { return wrap(document->root); }

json_kind json_kind_of(json_element element) {
    switch (unwrap(element).type()) {
    case dom::element_type::ARRAY: return json_array;
    case dom::element_type::OBJECT: return json_object;
    case dom::element_type::STRING: return json_string;
    case dom::element_type::BOOL: return json_bool;
    case dom::element_type::NULL_VALUE: return json_null;
    default: return json_number;
    }
}

bool json_bool_of(json_element element) {
    bool value = false;
    (void)unwrap(element).get_bool().get(value);
    return value;
}

double json_number_of(json_element element) {
    double value = NAN;
    (void)unwrap(element).get_double().get(value);
    return value;
}

bool json_integer_of(json_element element, int64_t *result) {
    if (unwrap(element).get_int64().get(*result) == SUCCESS) return true;
    double value = 0;
    if (unwrap(element).get_double().get(value) != SUCCESS) return false;
    if (value != std::floor(value) || std::fabs(value) > 9007199254740992.0) return false;
    *result = static_cast<int64_t>(value);
    return true;
}

const char *json_string_of(json_element element, size_t *count) {
    std::string_view value;
    (void)unwrap(element).get_string().get(value);
    *count = value.size();
    return value.data();
}

// simdjson's own size() stops counting at 2²⁴ − 1.
size_t json_count(json_element element) {
    size_t count = 0;
    dom::array array;
    dom::object object;
    if (unwrap(element).get_array().get(array) == SUCCESS) {
        count = array.size();
        if (count < 0xFFFFFF) return count;
        count = 0;
        for (auto child : array) { (void)child; count += 1; }
    } else if (unwrap(element).get_object().get(object) == SUCCESS) {
        for (auto member : object) { (void)member; count += 1; }
    }
    return count;
}

void json_array_of(json_element element, json_element *elements, size_t count) {
    dom::array array;
    if (unwrap(element).get_array().get(array) != SUCCESS) return;
    size_t index = 0;
    for (auto child : array) {
        if (index == count) return;
        elements[index++] = wrap(child);
    }
}

void json_object_of(json_element element, const char **names, size_t *lengths, json_element *values, size_t count) {
    dom::object object;
    if (unwrap(element).get_object().get(object) != SUCCESS) return;
    size_t index = 0;
    for (auto member : object) {
        if (index == count) return;
        names[index] = member.key.data();
        lengths[index] = member.key.size();
        values[index++] = wrap(member.value);
    }
}

size_t json_numbers_of(json_element element, double *numbers, size_t count) {
    dom::array array;
    if (unwrap(element).get_array().get(array) != SUCCESS) return 0;
    size_t index = 0;
    for (auto child : array) {
        if (index == count || child.get_double().get(numbers[index]) != SUCCESS) return index;
        index += 1;
    }
    return index;
}

bool json_decimal(const char *text, size_t count, double *result) {
    const char *end = text + count;
    auto parsed = std::from_chars(text, end, *result);
    return parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(*result);
}
