#include "CSimdjson.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

struct json_document {
    simdjson::dom::document dom;
};

namespace {

// The tape: one word per value, with its kind in the highest byte and a payload below; a number's value is in a second
// word. The payload of an opening bracket holds, in its low 32 bits, the position after the closing bracket.

inline uint64_t word(const json_document *document, size_t position) { return document->dom.tape[position]; }

inline char kind(const json_document *document, size_t position) { return char(word(document, position) >> 56); }

inline bool is_number(char kind) { return kind == json_double || kind == json_int64 || kind == json_uint64; }

inline size_t next(const json_document *document, size_t position) {
    char kind_here = kind(document, position);
    if (is_number(kind_here)) return position + 2;
    if (kind_here == json_array || kind_here == json_object) return uint32_t(word(document, position));
    return position + 1;
}

inline double number(const json_document *document, size_t position, char kind) {
    uint64_t bits = word(document, position + 1);
    if (kind == json_int64) return double(int64_t(bits));
    if (kind == json_uint64) return double(bits);
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

inline std::string_view text(const json_document *document, size_t position) {
    const uint8_t *start = document->dom.string_buf.get() + (word(document, position) & 0x00ffffffffffffff);
    uint32_t count;
    std::memcpy(&count, start, sizeof count);
    return std::string_view(reinterpret_cast<const char *>(start + sizeof count), count);
}

json_status status_of(simdjson::error_code code) {
    switch (code) {
    case simdjson::SUCCESS: return json_ok;
    case simdjson::DEPTH_ERROR: return json_too_deep;
    case simdjson::CAPACITY: return json_too_large;
    case simdjson::MEMALLOC: return json_out_of_memory;
    default: return json_malformed;
    }
}

using placed_key = std::pair<std::string_view, size_t>;

// Pairs, not a hash table: a client that chooses the keys cannot make them slow.
size_t repeated_key(const json_document *document, size_t object, std::vector<placed_key> &keys) {
    keys.clear();
    size_t position = object + 1;
    while (kind(document, position) == json_string) {
        keys.emplace_back(text(document, position), position);
        position = next(document, position + 1);
    }
    if (keys.size() <= 8) {
        for (size_t i = 1; i < keys.size(); i++)
            for (size_t j = 0; j < i; j++)
                if (keys[i].first == keys[j].first) return keys[i].second;
        return 0;
    }
    std::sort(keys.begin(), keys.end());
    auto twin = std::adjacent_find(keys.begin(), keys.end(),
                                   [](const placed_key &a, const placed_key &b) { return a.first == b.first; });
    return twin == keys.end() ? 0 : (twin + 1)->second;
}

// The column of each key of the first record. Records mostly keep one order, so the key after the last one found is
// tried first; only a record that differs pays for sorting the keys.
class columns_by_key {
  public:
    columns_by_key(const json_document *document, size_t model) {
        size_t position = model + 1;
        while (kind(document, position) == json_string) {
            keys.emplace_back(text(document, position), keys.size());
            position = next(document, position + 1);
        }
    }

    // The number of columns where there is no such key.
    size_t find(std::string_view key, size_t guess) {
        if (guess < keys.size() && keys[guess].first == key) return guess;
        if (sorted.empty()) {
            sorted = keys;
            std::sort(sorted.begin(), sorted.end());
        }
        auto place = std::lower_bound(sorted.begin(), sorted.end(), placed_key(key, 0));
        return place != sorted.end() && place->first == key ? place->second : keys.size();
    }

  private:
    std::vector<placed_key> keys;
    std::vector<placed_key> sorted;
};

bool read_row(const json_document *document, size_t row, size_t columns, double *out) {
    size_t position = row + 1;
    for (size_t column = 0; column < columns; column++, position += 2) {
        char kind_here = kind(document, position);
        if (!is_number(kind_here)) return false;
        out[column] = number(document, position, kind_here);
    }
    return kind(document, position) == json_end;
}

bool read_record(const json_document *document, size_t record, columns_by_key &by_key, size_t columns, double *out) {
    size_t position = record + 1;
    size_t count = 0;
    for (; kind(document, position) == json_string; count++, position += 3) {
        if (count == columns) return false;
        size_t column = by_key.find(text(document, position), count);
        char kind_here = kind(document, position + 1);
        if (column == columns || !is_number(kind_here)) return false;
        out[column] = number(document, position + 1, kind_here);
    }
    return count == columns;
}

} // namespace

json_document *json_parse(const uint8_t *bytes, size_t count, json_status *status) {
    try {
        auto document = std::make_unique<json_document>();
        simdjson::dom::parser parser;
        *status = status_of(parser.parse_into_document(document->dom, bytes, count).error());
        return *status == json_ok ? document.release() : nullptr;
    } catch (...) {
        *status = json_out_of_memory;
        return nullptr;
    }
}

void json_free(json_document *document) { delete document; }

// The tape begins with a word for the document.
size_t json_root(void) { return 1; }

json_kind json_kind_at(const json_document *document, size_t position) {
    char kind_here = kind(document, position);
    return kind_here == '}' ? json_end : json_kind(kind_here);
}

size_t json_next(const json_document *document, size_t position) { return next(document, position); }

size_t json_inside(size_t position) { return position + 1; }

int64_t json_int64_at(const json_document *document, size_t position) { return int64_t(word(document, position + 1)); }

uint64_t json_uint64_at(const json_document *document, size_t position) { return word(document, position + 1); }

double json_double_at(const json_document *document, size_t position) {
    return number(document, position, kind(document, position));
}

json_text json_string_at(const json_document *document, size_t position) {
    std::string_view string = text(document, position);
    return {reinterpret_cast<const uint8_t *>(string.data()), string.size()};
}

size_t json_repeated_key(const json_document *document, json_status *status) {
    *status = json_ok;
    try {
        std::vector<placed_key> keys;
        size_t end = next(document, json_root());
        for (size_t position = json_root(); position < end;) {
            char kind_here = kind(document, position);
            if (kind_here == json_object) {
                if (size_t key = repeated_key(document, position, keys)) return key;
            }
            position += is_number(kind_here) ? 2 : 1;
        }
    } catch (...) {
        *status = json_out_of_memory;
    }
    return 0;
}

size_t json_read_numbers(const json_document *document, size_t *position, double *out, size_t capacity) {
    size_t place = *position;
    size_t count = 0;
    for (; count < capacity; count++, place += 2) {
        char kind_here = kind(document, place);
        if (!is_number(kind_here)) break;
        out[count] = number(document, place, kind_here);
    }
    *position = place;
    return count;
}

size_t json_read_rows(const json_document *document, size_t *position, size_t columns, double *out, size_t capacity) {
    size_t count = 0;
    for (; count < capacity; count++, out += columns) {
        if (kind(document, *position) != json_array || !read_row(document, *position, columns, out)) break;
        *position = next(document, *position);
    }
    return count;
}

size_t json_read_records(const json_document *document, size_t *position, const json_document *other, size_t model,
                         size_t columns, double *out, size_t capacity) {
    size_t count = 0;
    try {
        columns_by_key by_key(other, model);
        for (; count < capacity; count++, out += columns) {
            if (kind(document, *position) != json_object ||
                !read_record(document, *position, by_key, columns, out))
                break;
            *position = next(document, *position);
        }
    } catch (...) {
        // Out of memory for the keys: the caller sees that reading stopped.
    }
    return count;
}

number_status number_read(const uint8_t *bytes, size_t count, double *out) {
    auto first = reinterpret_cast<const char *>(bytes);
    auto [end, error] = std::from_chars(first, first + count, *out);
    if (end != first + count || error == std::errc::invalid_argument) return number_malformed;
    return error == std::errc() ? number_ok : number_too_small_or_large;
}
