#include "indexer/xzufi_reader.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "indexer/xml_tree.h"
#include "indexer/xzufi_objects.h"

namespace vsm {
namespace {

constexpr int chunk_size = 1 << 16;

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The attributes that objects are made of; others are not kept.
bool is_needed(std::string_view attribute) {
  static constexpr std::array<std::string_view, 9> needed{"languageCode", "schemeAgencyID", "schemeID",
                                                          "listURI",      "klasse",         "type",
                                                          "currencyCode", "currencyID",     "href"};
  return std::find(needed.begin(), needed.end(), attribute) != needed.end();
}

std::string id_text(const Change& change) {
  return std::visit(
      [](const auto& object) {
        if constexpr (std::is_same_v<std::decay_t<decltype(object)>, Responsibility>)
          return (object.id.id.empty() ? object.subject : object.id).text();
        else
          return object.id.text();
      },
      change);
}

class Handler {
 public:
  Handler(const std::string& name, const AreaTable& areas, const ChangeSink& sink)
      : areas_(areas), sink_(sink), parser_(XML_ParserCreate(nullptr)) {
    place_.file = name;
    XML_Parser parser = parser_.get();
    XML_SetUserData(parser, this);
    XML_SetElementHandler(
        parser,
        [](void* self, const XML_Char* element, const XML_Char** atts) {
          guard(self, [&](Handler& handler) { handler.start(element, atts); });
        },
        [](void* self, const XML_Char*) { guard(self, [](Handler& handler) { handler.end(); }); });
    XML_SetCharacterDataHandler(parser, [](void* self, const XML_Char* text, int length) {
      guard(self, [&](Handler& handler) { handler.characters({text, static_cast<std::size_t>(length)}); });
    });
    // Comments and the like: they are passed over, but the parser gets on.
    XML_SetDefaultHandler(parser, [](void* self, const XML_Char*, int) { guard(self, [](Handler&) {}); });
    XML_SetStartDoctypeDeclHandler(
        parser, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
          guard(self, [](Handler& handler) {
            handler.stop("doctype", "Eine Dokumenttyp-Deklaration (DOCTYPE) ist in XZuFi nicht erlaubt.");
          });
        });
  }

  bool run(std::istream& in) {
    bool last = false;
    while (!last) {
      auto* buffer = static_cast<char*>(XML_GetBuffer(parser_.get(), chunk_size));
      if (!buffer) throw std::bad_alloc();
      in.read(buffer, chunk_size);
      last = !in;
      if (in.bad()) return broken("datei", "Die Datei lässt sich nicht zu Ende lesen.");
      const auto count = static_cast<int>(in.gcount());
      waiting_ += static_cast<std::size_t>(count);
      const bool parsed = XML_ParseBuffer(parser_.get(), count, last) == XML_STATUS_OK;
      if (thrown_) std::rethrow_exception(thrown_);
      if (!parsed) {
        if (!stop_rule_.empty()) return broken(stop_rule_, stop_reason_);
        // This error is also that of a file which is cut off between two elements.
        if (XML_GetErrorCode(parser_.get()) == XML_ERROR_NO_ELEMENTS && depth_ == 0) break;
        return not_well_formed();
      }
      if (waiting_ > xzufi_token_limit + chunk_size)
        return broken("zu-gross", "Ein einzelnes Element oder ein Kommentar ist größer als 1 MB.");
    }
    if (!has_entries_)
      report("leer", Severity::warning, line(), {}, "Die Datei enthält weder „schreibe“ noch „loesche“.");
    return true;
  }

 private:
  struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  /// Exceptions must not cross the parser, which is C.
  template <class Step>
  static void guard(void* self, Step step) {
    auto& handler = *static_cast<Handler*>(self);
    handler.waiting_ = 0;
    if (handler.thrown_) return;
    try {
      step(handler);
    } catch (...) {
      handler.thrown_ = std::current_exception();
      XML_StopParser(handler.parser_.get(), XML_FALSE);
    }
  }

  std::size_t line() const { return XML_GetCurrentLineNumber(parser_.get()); }

  void report(std::string rule, Severity severity, std::size_t at, std::string object, std::string message) {
    sink_.problem({place_.file, at, std::move(object), std::move(message), std::move(rule), severity});
  }

  bool broken(std::string rule, const std::string& reason) {
    report(std::move(rule), Severity::broken, line(), {}, reason + " Die Datei wurde ab hier nicht gelesen.");
    return false;
  }

  bool not_well_formed() {
    const XML_Error error = XML_GetErrorCode(parser_.get());
    if (error == XML_ERROR_UNKNOWN_ENCODING || error == XML_ERROR_INCORRECT_ENCODING)
      return broken(
          "kodierung",
          "Die Zeichenkodierung der Datei ist nicht bekannt oder falsch angegeben; gelesen werden UTF-8, "
          "UTF-16, ISO-8859-1 und US-ASCII.");
    int offset = 0, size = 0;
    const char* context = XML_GetInputContext(parser_.get(), &offset, &size);
    if (error == XML_ERROR_INVALID_TOKEN && context && offset < size &&
        (static_cast<unsigned char>(context[offset]) & 0x80U) != 0)
      return broken(
          "utf-8", "Die Datei enthält Bytes, die in ihrer Zeichenkodierung (meist UTF-8) kein Zeichen sind.");
    static constexpr std::pair<XML_Error, const char*> reasons[] = {
        {XML_ERROR_TAG_MISMATCH, "ein Element wird anders geschlossen, als es geöffnet wurde"},
        {XML_ERROR_UNCLOSED_TOKEN, "sie ist abgeschnitten"},
        {XML_ERROR_NO_ELEMENTS, "sie ist abgeschnitten"},
        {XML_ERROR_PARTIAL_CHAR, "sie ist abgeschnitten"},
        {XML_ERROR_UNCLOSED_CDATA_SECTION, "sie ist abgeschnitten"},
        {XML_ERROR_JUNK_AFTER_DOC_ELEMENT, "hinter dem Ende des XML steht noch etwas"},
        {XML_ERROR_UNDEFINED_ENTITY, "eine Entität wie „&nbsp;“ gibt es in XML nicht"},
        {XML_ERROR_BAD_CHAR_REF, "ein Zeichenverweis nennt ein Zeichen, das in XML nicht erlaubt ist"},
        {XML_ERROR_DUPLICATE_ATTRIBUTE, "ein Attribut steht zweimal"},
        {XML_ERROR_INVALID_TOKEN, "ein Zeichen steht, wo es nicht stehen darf"}};
    std::string reason = XML_ErrorString(error);
    for (const auto& [known, text] : reasons)
      if (known == error) reason = text;
    return broken("nicht-wohlgeformt", "Die Datei ist kein wohlgeformtes XML: " + reason + ".");
  }

  void stop(const char* rule, const char* reason) {
    stop_rule_ = rule;
    stop_reason_ = reason;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void start(const XML_Char* name, const XML_Char** atts) {
    if (++depth_ > xzufi_depth_limit)
      return stop("zu-tief", "Die Elemente sind tiefer als 200 Ebenen verschachtelt.");
    const std::string_view local = local_name(name);
    if (entry_depth_ == 0 && !begins_entry(local)) return;
    if (too_large_) return;
    tree_.open(local);
    for (; *atts; atts += 2)
      if (const std::string_view attribute = local_name(atts[0]); is_needed(attribute))
        tree_.attribute(attribute, atts[1]);
    check_size();
  }

  bool begins_entry(std::string_view local) {
    const bool outside = write_depth_ == 0;
    if (outside && local == "schreibe") {
      write_depth_ = depth_;
      has_entries_ = true;
      return false;
    }
    if (outside && local != "loesche" && (local != "nachrichtenkopf" || has_entries_)) return false;
    has_entries_ |= local == "loesche";
    entry_depth_ = depth_;
    place_.line = line();
    return true;
  }

  void characters(std::string_view text) {
    if (entry_depth_ == 0 || too_large_) return;
    tree_.characters(text);
    check_size();
  }

  /// Of an object that is too large only its id is kept.
  void check_size() {
    if (tree_.bytes() <= xzufi_object_limit) return;
    too_large_ = true;
    const XmlElement id = tree_.root().child("id");
    const bool usable = id && id.text().size() + id.attribute("schemeAgencyID").size() <= 200;
    large_id_ = usable ? ObjectId{std::string(id.attribute("schemeAgencyID")), std::string(id.text())}.text()
                       : std::string();
    tree_.clear();
  }

  void end() {
    if (entry_depth_ > 0 && !too_large_) tree_.close();
    if (depth_ == entry_depth_) {
      finish_entry();
      entry_depth_ = 0;
    }
    if (depth_ == write_depth_) write_depth_ = 0;
    --depth_;
  }

  void finish_entry() {
    if (std::exchange(too_large_, false)) {
      report("zu-gross", Severity::refused, place_.line, large_id_,
             "Der Eintrag ist größer als 16 MB und wurde nicht übernommen.");
      return;
    }
    const XmlElement entry = tree_.root();
    if (write_depth_ == 0 && entry.name() == "nachrichtenkopf")
      head(entry);
    else
      hand_on(read_xzufi_entry(entry, areas_));
    tree_.clear();
  }

  void head(XmlElement element) {
    if (!sink_.head || std::exchange(has_head_, true)) return;
    const std::string_view stated = element.below({"erstelltDatumZeit"}).text();
    const auto created = parse_moment(stated);
    if (!created && !stated.empty())
      report("datum", Severity::warning, place_.line, {},
             "Den Zeitpunkt im Feld erstelltDatumZeit des Nachrichtenkopfs gibt es nicht.");
    sink_.head({created.value_or(0)});
  }

  void hand_on(XzufiEntry entry) {
    for (Problem& problem : entry.problems) {
      problem.file = place_.file;
      problem.line = place_.line;
      sink_.problem(std::move(problem));
    }
    for (Change& change : entry.changes) {
      place_.object = id_text(change);
      sink_.change(std::move(change), place_);
    }
  }

  const AreaTable& areas_;
  const ChangeSink& sink_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> parser_;
  XmlTree tree_;   ///< of the entry that is read now
  Problem place_;  ///< where it is
  std::size_t depth_ = 0, write_depth_ = 0,
              entry_depth_ = 0;  ///< the latter two: 0 outside of such an element
  std::size_t waiting_ = 0;  ///< bytes that the parser was given since it last came to the end of something
  bool has_head_ = false, has_entries_ = false, too_large_ = false;
  std::string large_id_, stop_rule_, stop_reason_;
  std::exception_ptr thrown_;
};

}  // namespace

bool read_xzufi(std::istream& in, const std::string& name, const AreaTable& areas, const ChangeSink& sink) {
  return Handler(name, areas, sink).run(in);
}

bool read_xzufi(const std::string& path, const AreaTable& areas, const ChangeSink& sink) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    sink.problem({path, 0, {}, "Die Datei lässt sich nicht lesen.", "datei", Severity::broken});
    return false;
  }
  return read_xzufi(in, path, areas, sink);
}

}  // namespace vsm
