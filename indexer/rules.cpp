#include "indexer/rules.h"

#include <algorithm>

namespace vsm {
namespace {

// A new rule is a line here and one in docs/rules.md.
constexpr Rule table[] = {
    // The file
    {"datei", "Datei nicht lesbar", "Prüfen Sie, ob die Datei da ist und gelesen werden darf.",
     "File not readable", "Check that the file is there and may be read."},
    {"abruf", "Quelle nicht abrufbar",
     "Prüfen Sie Adresse und Zugang der Quelle. Der nächste Abruf versucht es wieder.",
     "Source cannot be fetched", "Check address and access of the source. The next fetch tries again."},
    {"nicht-wohlgeformt", "Datei ist fehlerhaft oder abgeschnitten",
     "Erzeugen Sie die Datei neu und übertragen Sie sie vollständig.", "File is malformed or cut off",
     "Make the file anew and transfer the whole of it."},
    {"doctype", "Dokumenttyp-Deklaration in der Datei",
     "Entfernen Sie die Zeile, die mit „<!DOCTYPE“ beginnt.", "Document type declaration in the file",
     "Remove the line that begins with “<!DOCTYPE”."},
    {"kodierung", "Zeichenkodierung unbekannt",
     "Speichern Sie die Datei als UTF-8 und geben Sie das in der ersten Zeile an.", "Unknown encoding",
     "Save the file as UTF-8 and say so in its first line."},
    {"utf-8", "Kein gültiges UTF-8", "Speichern Sie die Datei als UTF-8.", "No valid UTF-8",
     "Save the file as UTF-8."},
    {"format", "Unerwartete Form", "Vergleichen Sie die Stelle mit der Beschreibung des Formats.",
     "Unexpected form", "Compare the place with the description of the format."},
    {"zu-gross", "Objekt oder Datei zu groß",
     "Kürzen Sie das Objekt oder teilen Sie die Datei; große Anhänge gehören nicht hinein.",
     "Object or file too large", "Shorten the object or split the file; leave out large attachments."},
    {"zu-tief", "Zu tief geschachtelt", "Prüfen Sie, ob Ihr System die Elemente richtig schließt.",
     "Nested too deeply", "Check that your system closes its elements."},
    {"leer", "Lieferung ist leer", "Prüfen Sie, ob Ihr System Objekte zum Ausliefern ausgewählt hat.",
     "Delivery is empty", "Check that your system has selected objects to deliver."},
    {"unvollstaendig", "Lieferung ist unvollständig", "Liefern Sie alle Teile noch einmal zusammen.",
     "Delivery is incomplete", "Deliver all parts once more, together."},
    {"seite", "Seite einer Lieferung unbrauchbar",
     "Holen Sie die Lieferung noch einmal ab, von der ersten Seite an.", "Page of a delivery is of no use",
     "Fetch the delivery once more, from its first page."},
    {"dateiname", "Dateiname nicht erlaubt", "Nennen Sie im Index nur einfache Dateinamen ohne Ordner.",
     "File name not allowed", "Name plain files in the index, without folders."},
    {"veraltet", "Älter als der bekannte Stand",
     "Liefern Sie den neuesten Stand; was schon bekannt ist, bleibt bestehen.", "Older than what is known",
     "Deliver the latest state; what is known already stays."},
    {"loeschung-zu-viel", "Zu viele Löschungen",
     "Prüfen Sie, ob wirklich so viel wegfallen soll, und geben Sie die Lieferung dann frei.",
     "Too many deletions", "Check that so much is really meant to go, and then release the delivery."},
    // The object
    {"art", "Art des Eintrags unbekannt",
     "Liefern Sie nur Leistungen, Onlinedienste, Formulare, Stellen und Zuständigkeiten, und nennen Sie bei "
     "Löschungen die Klasse.",
     "Unknown kind of entry",
     "Deliver services, online services, forms, offices and responsibilities only, and name the class in "
     "deletions."},
    {"id-fehlt", "Kennung fehlt", "Geben Sie dem Objekt eine Kennung, die sich nie ändert.", "Id is missing",
     "Give the object an id that never changes."},
    {"id-zu-lang", "Kennung zu lang", "Kürzen Sie die Kennung.", "Id is too long", "Shorten the id."},
    {"id-doppelt", "Kennung doppelt vergeben",
     "Geben Sie jedem Objekt eine eigene Kennung; das erste Objekt gilt.", "Id is used twice",
     "Give each object an id of its own; the first object stays."},
    {"titel-fehlt", "Titel oder Name fehlt", "Tragen Sie einen Titel ein.", "Title or name is missing",
     "Enter a title."},
    {"titel-zu-lang", "Titel oder Name zu lang",
     "Kürzen Sie den Titel; was mehr zu sagen ist, gehört in den Text.", "Title or name is too long",
     "Shorten the title; what else there is to say belongs into the text."},
    {"feld-fehlt", "Pflichtangabe fehlt", "Ergänzen Sie die fehlende Angabe.", "Required field is missing",
     "Add what is missing."},
    {"schluessel", "Leistungsschlüssel ungültig",
     "Tragen Sie den Schlüssel mit genau 14 Ziffern ein, so wie er im Leistungskatalog steht.",
     "Invalid service key", "Enter the key with exactly 14 digits, as the catalogue has it."},
    {"gebiet", "Gebiet unbekannt",
     "Tragen Sie einen gültigen Regionalschlüssel ein und prüfen Sie, ob sich das Gebiet geändert hat.",
     "Unknown area", "Enter a valid regional key, and check whether the area has changed."},
    {"gebiet-fremd", "Gebiet gehört nicht zu dieser Quelle",
     "Liefern Sie nur für Ihr Gebiet, oder lassen Sie das andere Gebiet für Ihre Quelle freigeben.",
     "Area is not of this source",
     "Deliver for your own area, or have the other one allowed for your source."},
    {"redaktion-fremd", "Redaktion gehört nicht zu dieser Quelle",
     "Liefern Sie nur Objekte Ihrer Redaktion, oder lassen Sie deren Kennung für Ihre Quelle freigeben.",
     "Agency is not of this source",
     "Deliver objects of your own agency, or have the other's id allowed for your source."},
    {"bezug-unbekannt", "Bezug auf ein unbekanntes Objekt",
     "Liefern Sie das genannte Objekt mit, oder berichtigen Sie seine Kennung.",
     "Refers to an unknown object", "Deliver the object that is named, or correct its id."},
    {"link-adresse", "Adresse eines Links ungültig",
     "Tragen Sie die ganze Adresse ein; sie beginnt mit „https://“ und hat keine Leerzeichen.",
     "Invalid address of a link", "Enter the whole address; it begins with “https://” and has no blanks."},
    {"html", "HTML nicht erlaubt oder fehlerhaft",
     "Nutzen Sie nur einfache Auszeichnungen wie Absätze, Listen und Links.", "HTML not allowed or broken",
     "Use simple markup only, such as paragraphs, lists and links."},
    {"modul-mehrfach", "Textmodul kommt mehrfach vor", "Führen Sie die Texte in einem Textmodul zusammen.",
     "Text module comes several times", "Put the texts together in one module."},
    {"datum", "Datum gibt es nicht", "Schreiben Sie das Datum als Jahr-Monat-Tag, zum Beispiel 2026-11-23.",
     "Date does not exist", "Write the date as year-month-day, for example 2026-11-23."},
    {"zeitraum", "Zeitraum endet, bevor er beginnt", "Berichtigen Sie Beginn oder Ende.",
     "Period ends before it begins", "Correct its beginning or its end."},
    {"sprache", "Sprache unbekannt oder nicht angegeben",
     "Geben Sie die Sprache als Kürzel an, zum Beispiel „de“ oder „en“.", "Language unknown or not stated",
     "State the language by its code, for example “de” or “en”."},
    {"adressat", "Adressat unbekannt",
     "Wählen Sie den Adressaten aus der Codeliste, zum Beispiel Bürger oder Unternehmen.",
     "Unknown addressee", "Choose the addressee from the code list, for example citizens or businesses."},
    {"stelle", "Angaben zu einer Stelle widersprechen sich",
     "Schreiben Sie in jeder Zeile dieselben Angaben zur Stelle, oder nur in einer.",
     "Statements about an office contradict each other",
     "Say the same of the office in every row, or in one row only."},
    {"adresse-unvollstaendig", "Anschrift unvollständig",
     "Ergänzen Sie Straße, Postleitzahl und Ort der Stelle.", "Address is incomplete",
     "Add the office's street, postcode and town."},
    // What editors of this project write
    {"wortliste", "Zeile einer Wortliste ist keine Regel",
     "Schreiben Sie die Zeile als „Alltagswort => amtliches Wort“.", "Line of a word list is no rule",
     "Write the line as “everyday word => official word”."},
};

}  // namespace

std::span<const Rule> rules() { return table; }

const Rule* find_rule(std::string_view id) {
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [&](const Rule& rule) { return rule.id == id; });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace vsm
