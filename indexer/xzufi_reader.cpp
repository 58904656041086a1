#include "indexer/xzufi_reader.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "indexer/plain_text.h"

namespace vsm {
namespace {

struct Element {
  std::string name, text;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::unique_ptr<Element>> children;

  const Element* child(std::string_view wanted) const {
    for (const auto& element : children)
      if (element->name == wanted) return element.get();
    return nullptr;
  }
  std::string_view attribute(std::string_view wanted) const {
    for (const auto& [key, value] : attributes)
      if (key == wanted) return value;
    return {};
  }
  /// The trimmed text at a path below this element, of its first match; empty where there is none.
  std::string at(std::initializer_list<std::string_view> path) const {
    const Element* element = this;
    for (std::string_view step : path)
      if (!(element = element->child(step))) return {};
    return trimmed(element->text);
  }
  template <class Visit>
  void each(std::string_view wanted, Visit visit) const {
    for (const auto& element : children)
      if (element->name == wanted) visit(*element);
  }
};

std::string_view local_name(const char* name) {
  const std::string_view whole = name;
  const std::size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

ObjectId id_of(const Element* element) {
  if (!element) return {};
  return {std::string(element->attribute("schemeAgencyID")), trimmed(element->text)};
}

/// German, or the first one where no language is named.
std::string german(const Element& parent, std::string_view name) {
  const Element* best = nullptr;
  parent.each(name, [&](const Element& element) {
    const std::string_view language = element.attribute("languageCode");
    if (language.starts_with("de") && language != "de-LS" &&
        (!best || !best->attribute("languageCode").starts_with("de")))
      best = &element;
    if (!best && language.empty()) best = &element;
  });
  return best ? plain_text(best->text) : std::string();
}

/// The date of the last change, without its time; empty where it is none.
std::string changed_on(const Element& object, std::vector<std::string>& complaints) {
  const std::string text = object.at({"versionsinformation", "geaendertDatumZeit"});
  if (text.empty()) return {};
  if (parse_day(text)) return text.substr(0, 10);
  complaints.push_back("Das Datum „" + text + "“ im Feld geaendertDatumZeit gibt es nicht; es bleibt leer.");
  return {};
}

/// Every `gueltigkeit` is a period of its own.
Validity validity_of(const Element& parent, std::vector<std::string>& complaints) {
  std::vector<Period> periods;
  parent.each("gueltigkeit", [&](const Element& element) {
    const auto bound = [&](const char* name, Day& day) {
      const std::string text = element.at({name});
      if (text.empty() || text == "1970-01-01" || text == "2999-12-31") return;
      if (const auto parsed = parse_day(text))
        day = *parsed;
      else
        complaints.push_back("Das Datum „" + text + "“ im Feld " + name + " gibt es nicht; es bleibt offen.");
    };
    Period period;
    bound("beginn", period.from);
    bound("ende", period.to);
    if (period.from > period.to)
      complaints.push_back("Eine Gültigkeit endet, bevor sie beginnt; sie zählt nicht.");
    periods.push_back(period);
  });
  return periods.empty() ? Validity() : Validity(std::move(periods));
}

class Handler {
 public:
  Handler(const std::string& path, const AreaTable& areas, const ChangeSink& sink)
      : file_(path), areas_(areas), sink_(sink), parser_(XML_ParserCreate(nullptr)) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(),
        [](void* self, const XML_Char* name, const XML_Char** atts) { of(self).start(name, atts); },
        [](void* self, const XML_Char*) { of(self).end(); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const XML_Char* text, int length) {
      of(self).characters({text, static_cast<std::size_t>(length)});
    });
    XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const XML_Char*, const XML_Char*,
                                                     const XML_Char*, int) { of(self).doctype(); });
  }

  bool run() {
    std::ifstream in(file_, std::ios::binary);
    if (!in) {
      report(0, "", "Die Datei lässt sich nicht lesen.");
      return false;
    }
    std::vector<char> buffer(1U << 16U);
    bool last = false;
    while (!last) {
      in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      last = in.eof();
      if (in.bad()) {
        report(0, "", "Die Datei lässt sich nicht zu Ende lesen.");
        return false;
      }
      if (XML_Parse(parser_.get(), buffer.data(), static_cast<int>(in.gcount()), last) == XML_STATUS_OK)
        continue;
      const std::string reason = has_doctype_
                                     ? "Eine Dokumenttyp-Deklaration (DOCTYPE) ist in XZuFi nicht erlaubt."
                                     : std::string("Das XML ist nicht wohlgeformt (") +
                                           XML_ErrorString(XML_GetErrorCode(parser_.get())) + ").";
      report(line(), "", reason + " Die Datei wurde ab hier nicht gelesen.");
      return false;
    }
    return true;
  }

 private:
  struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Handler& of(void* self) { return *static_cast<Handler*>(self); }
  std::size_t line() const { return XML_GetCurrentLineNumber(parser_.get()); }
  void report(std::size_t at, const std::string& object, std::string message) {
    sink_.problem({file_, at, object, std::move(message), {}});
  }

  void doctype() {
    has_doctype_ = true;
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  void start(const XML_Char* name, const XML_Char** atts) {
    const std::string_view local = local_name(name);
    if (open_.empty()) {
      if (in_write_) {
        root_ = std::make_unique<Element>();
        root_->name = local;
        object_line_ = line();
        bytes_ = 0;
        take_attributes(*root_, atts);
        open_.push_back(root_.get());
      } else if (local == "schreibe") {
        in_write_ = true;
      }
      return;
    }
    if (too_large()) {
      ++skipped_depth_;
      return;
    }
    auto element = std::make_unique<Element>();
    element->name = local;
    take_attributes(*element, atts);
    open_.back()->children.push_back(std::move(element));
    open_.push_back(open_.back()->children.back().get());
  }

  void take_attributes(Element& element, const XML_Char** atts) {
    bytes_ += element.name.size() + sizeof(Element);
    for (; *atts; atts += 2) {
      element.attributes.emplace_back(local_name(atts[0]), atts[1]);
      bytes_ += element.attributes.back().first.size() + element.attributes.back().second.size();
    }
  }

  bool too_large() const { return bytes_ > xzufi_object_limit; }

  void characters(std::string_view text) {
    if (open_.empty() || too_large()) return;
    bytes_ += text.size();
    open_.back()->text += text;
  }

  void end() {
    if (skipped_depth_ > 0) {
      --skipped_depth_;
      return;
    }
    if (open_.empty()) {
      in_write_ = false;
      return;
    }
    open_.pop_back();
    if (open_.empty()) finish_object();
  }

  void finish_object() {
    const auto object = std::move(root_);
    const std::string id = id_of(object->child("id")).text();
    if (too_large()) {
      report(object_line_, id, "Der Eintrag ist größer als 16 MB und wurde nicht übernommen.");
      return;
    }
    if (object->name == "leistung")
      service(*object);
    else if (object->name == "onlinedienst")
      online_service(*object);
    else if (object->name == "organisationseinheit")
      office(*object);
    else if (object->name == "zustaendigkeitTransferObjekt")
      responsibilities(id_of(object->child("uebergeordnetesObjektID")), *object);
    else if (object->name != "spezialisierung" && object->name != "formular")
      report(object_line_, id,
             "„" + object->name + "“ ist kein bekannter Eintrag und wurde nicht übernommen.");
  }

  void hand_on(Change object, const std::string& id, const std::vector<std::string>& complaints) {
    for (const std::string& complaint : complaints) report(object_line_, id, complaint);
    sink_.change(std::move(object), {file_, object_line_, id, {}, {}});
  }

  std::vector<std::string> areas_of(const Element& parent, std::string_view name,
                                    std::vector<std::string>& complaints) const {
    std::vector<std::string> result;
    parent.each(name, [&](const Element& element) {
      const std::string code = trimmed(element.text);
      auto area = areas_.find(code);
      if (code.size() == 8 && element.attribute("schemeID").find("ags") != std::string_view::npos)
        area = areas_.find_ags(code);
      if (area)
        result.push_back(areas_[*area].id());
      else
        complaints.push_back("Das Gebiet „" + code + "“ ist nicht bekannt.");
    });
    return result;
  }

  void service(const Element& element) {
    ServiceText text;
    std::vector<std::string> complaints;
    text.id = id_of(element.child("id"));
    for (const char* reference : {"referenzLeiKa", "referenzLeistungsschluessel"}) {
      element.each(reference, [&](const Element& key) {
        const std::string digits = key.child("code") ? key.at({"code"}) : trimmed(key.text);
        if (const auto parsed = ServiceKey::parse(digits))
          text.keys.push_back(*parsed);
        else
          complaints.push_back("„" + digits + "“ ist kein Leistungsschlüssel aus 14 Ziffern.");
      });
    }
    element.each("modulText", [&](const Element& module) {
      const std::string code = module.at({"leikaTextmodul", "code"});
      std::string content = german(module, "inhalt");
      if (content.empty()) return;
      if (code == "02")
        text.official_title = std::move(content);
      else if (code == "03")
        text.title = std::move(content);
      else if (code == "24")
        text.teaser = std::move(content);
      else
        text.modules.push_back({code, std::move(content)});
    });
    if (text.title.empty()) text.title = text.official_title;
    element.each("modulBegriffImKontext", [&](const Element& module) {
      module.each("begriffImKontext", [&](const Element& entry) {
        std::string word = german(entry, "begriff");
        if (!word.empty()) text.words.push_back(std::move(word));
      });
    });
    text.areas = areas_of(element, "gueltigkeitGebietID", complaints);
    if (text.areas.empty() && element.child("gueltigkeitGebietID")) {
      // Areas that are all unknown must not become the area of the source.
      complaints.push_back("Keines ihrer Gebiete ist bekannt; die Leistung wurde nicht übernommen.");
      for (const std::string& complaint : complaints) report(object_line_, text.id.text(), complaint);
      return;
    }
    text.validity = validity_of(element, complaints);
    text.changed = changed_on(element, complaints);
    hand_on(std::move(text), id_of(element.child("id")).text(), complaints);
  }

  void online_service(const Element& element) {
    OnlineService service;
    std::vector<std::string> complaints;
    service.id = id_of(element.child("id"));
    service.title = german(element, "bezeichnung");
    const Element* chosen = nullptr;
    element.each("link", [&](const Element& link) {
      const std::string_view language = link.attribute("languageCode");
      const bool is_german = language.empty() || language.starts_with("de");
      const std::string type = link.at({"typ", "code"});
      if ((type.empty() || type == "01") &&
          (!chosen || (is_german && !chosen->attribute("languageCode").starts_with("de"))))
        chosen = &link;
    });
    if (chosen) service.url = chosen->child("link") ? chosen->at({"link"}) : chosen->at({"uri"});
    const std::string trust =
        element.child("vertrauensniveau") && element.child("vertrauensniveau")->child("code")
            ? element.at({"vertrauensniveau", "code"})
            : element.at({"vertrauensniveau"});
    std::from_chars(trust.data(), trust.data() + trust.size(), service.trust_level);
    service.validity = validity_of(element, complaints);
    service.changed = changed_on(element, complaints);
    const std::string id = service.id.text();
    hand_on(std::move(service), id, complaints);
  }

  void office(const Element& element) {
    Office office;
    std::vector<std::string> complaints;
    office.id = id_of(element.child("id"));
    if (const Element* name = element.child("name"))
      office.name = name->child("name") ? german(*name, "name") : trimmed(name->text);
    if (const Element* address = element.child("anschrift")) {
      office.street = address->at({"strasse"});
      const std::string number = address->at({"hausnummer"});
      if (!number.empty()) office.street += (office.street.empty() ? "" : " ") + number;
      office.postcode = address->at({"postleitzahl"});
      office.city = address->at({"ort"});
    }
    element.each("kommunikation", [&](const Element& channel) {
      const Element* kind = channel.child("kanal");
      const std::string name = kind && kind->child("name") ? kind->at({"name"}) : channel.at({"kanal"});
      const std::string code = kind ? kind->at({"code"}) : std::string();
      const std::string value = channel.at({"kennung"});
      // Codes of urn:de:xzufi:codeliste:erreichbarkeit.
      const std::string lower = lower_ascii(name);
      const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::any_of(names.begin(), names.end(),
                           [&](std::string_view known) { return code == known || lower.starts_with(known); });
      };
      if (is({"02", "03", "telefon", "mobil"}) && office.phone.empty()) office.phone = value;
      if (is({"01", "e-mail", "email"}) && office.email.empty()) office.email = value;
      if (is({"09", "internet", "web"}) && office.url.empty()) office.url = value;
    });
    office.validity = validity_of(element, complaints);
    office.changed = changed_on(element, complaints);
    const ObjectId id = office.id;
    hand_on(std::move(office), id.text(), complaints);
    responsibilities(id, element);
  }

  void responsibilities(const ObjectId& subject, const Element& element) {
    element.each("zustaendigkeit", [&](const Element& entry) {
      Responsibility responsibility;
      std::vector<std::string> complaints;
      responsibility.subject = subject;
      responsibility.areas = areas_of(entry, "gebietID", complaints);
      // Areas that are all unknown must not become "everywhere".
      const bool lost = responsibility.areas.empty() && entry.child("gebietID");
      responsibility.id = id_of(entry.child("id"));
      entry.each("leistungID",
                 [&](const Element& service) { responsibility.services.push_back(id_of(&service)); });
      if (!lost && !responsibility.services.empty()) hand_on(responsibility, subject.text(), {});
      for (const std::string& complaint : complaints) report(object_line_, subject.text(), complaint);
    });
  }

  std::string file_;
  const AreaTable& areas_;
  const ChangeSink& sink_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> parser_;
  std::unique_ptr<Element> root_;
  std::vector<Element*> open_;
  std::size_t object_line_ = 0, bytes_ = 0, skipped_depth_ = 0;
  bool in_write_ = false, has_doctype_ = false;
};

}  // namespace

bool read_xzufi(const std::string& path, const AreaTable& areas, const ChangeSink& sink) {
  return Handler(path, areas, sink).run();
}

}  // namespace vsm
