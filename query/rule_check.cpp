#include "query/rule_check.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "query/evaluation.h"
#include "query/lens.h"

namespace vsm {
namespace {

/// nDCG a rule may cost over all graded queries before it is named.
constexpr double least_harm = 0.05;

std::string joined(const std::vector<std::string>& stems) {
  std::string text;
  for (const std::string& stem : stems) text += stem + ' ';
  return text;
}

/// "synonyms/bildung.txt:12" ordered by its number.
std::pair<std::string, int> order_of(const std::string& rule) {
  const std::size_t colon = rule.rfind(':');
  return {rule.substr(0, colon), std::atoi(rule.c_str() + colon + 1)};
}

class Check {
 public:
  Check(const std::string& index_directory, const TableTexts& lists)
      : engine_(index_directory, settings(lists)),
        reader_(engine_.reader()),
        model_(tables(lists)),
        analyzer_(&model_.splitter()) {}

  void complaints() {
    for (const std::string& complaint : model_.rules().complaints()) {
      const std::size_t end = complaint.find(": ");
      add(RuleFinding::Kind::unreadable, complaint.substr(0, end), complaint.substr(end + 2));
    }
  }

  void duplicates_and_loops() {
    std::map<std::pair<std::string, std::string>, std::string> known;  // left and right side to the rule
    for (const language::Rule& rule : model_.rules().rules()) {
      const std::string left = joined(rule.stems);
      for (const language::Expansion& expansion : rule.expansions) {
        const std::string right = stems_of(expansion.words);
        if (left == right)
          add(RuleFinding::Kind::loop, rule.name, "„" + expansion.words + "“ führt auf sich selbst.");
        const auto [first, is_new] = known.emplace(std::pair(left, right), rule.name);
        if (!is_new)
          add(RuleFinding::Kind::duplicate, rule.name, "Das Gleiche steht schon in " + first->second + ".");
      }
    }
    for (const auto& [sides, rule] : known) {
      const auto back = known.find({sides.second, sides.first});
      if (back != known.end() && sides.first < sides.second)
        add(RuleFinding::Kind::loop, rule,
            "Der Eintrag und " + back->second + " führen im Kreis aufeinander.");
    }
  }

  void leading_to_nothing() {
    for (const language::Rule& rule : model_.rules().rules()) {
      for (const language::Expansion& expansion : rule.expansions) {
        std::string unknown;
        bool known = false, asked = false;
        for (const language::Word& word : analyzer_.words(expansion.words)) {
          if (model_.rules().is_stopword(word.folded)) continue;
          asked = true;
          if (is_indexed(word))
            known = true;
          else
            unknown += (unknown.empty() ? "" : ", ") + word.folded;
        }
        if (!asked)
          add(RuleFinding::Kind::nothing, rule.name,
              "„" + expansion.words +
                  "“ besteht aus Wörtern, die bei der Suche nichts zählen (stopwords.txt).");
        else if (!known)
          add(RuleFinding::Kind::nothing, rule.name,
              "„" + expansion.words + "“ steht in keinem Text: der Eintrag führt ins Leere.");
        else if (!unknown.empty())
          add(RuleFinding::Kind::nothing, rule.name, "Kein Text kennt: " + unknown + ".");
      }
    }
  }

  void hurting(const std::vector<std::string>& graded) {
    struct Case {
      const GradedQuery* query;
      double ndcg;
    };
    std::vector<GradedQuery> queries;
    for (const std::string& file : graded)
      for (GradedQuery& query : read_graded_queries(file)) queries.push_back(std::move(query));
    const Catalogue& catalogue = reader_.snapshot().catalogue;
    std::map<std::string, std::vector<Case>> uses;
    for (const GradedQuery& query : queries) {
      SearchRequest request;
      request.words = query.words;
      request.explain = true;
      const auto answer = engine_.search(request);
      const auto* found = std::get_if<SearchAnswer>(&answer);
      if (!found) continue;
      std::set<std::string> rules;
      for (const SearchResult& result : found->results)
        for (const Evidence& evidence : result.evidence)
          if (evidence.rule.find(".txt:") != std::string::npos) rules.insert(evidence.rule);
      const double ndcg = score_query(query, ranked_results(*found), catalogue).ndcg;
      for (const std::string& rule : rules) uses[rule].push_back({&query, ndcg});
    }
    for (const auto& [rule, cases] : uses) {
      double harm = 0;
      std::string worst;
      double most = 0;
      for (const Case& its : cases) {
        SearchRequest request;
        request.words = its.query->words;
        request.without_rule = rule;
        const auto answer = engine_.search(request);
        const auto* found = std::get_if<SearchAnswer>(&answer);
        const double without = found ? score_query(*its.query, ranked_results(*found), catalogue).ndcg : 0;
        harm += without - its.ndcg;
        if (without - its.ndcg > most) {
          most = without - its.ndcg;
          worst = its.query->words;
        }
      }
      if (harm < least_harm) continue;
      char figure[16];
      std::snprintf(figure, sizeof figure, "%.2f", harm);
      add(RuleFinding::Kind::hurts, rule,
          "Ohne diesen Eintrag wären die bewerteten Anfragen um " + std::string(figure) +
              " besser, am meisten „" + worst + "“.");
    }
  }

  std::vector<RuleFinding> take() {
    std::stable_sort(findings_.begin(), findings_.end(), [](const RuleFinding& a, const RuleFinding& b) {
      return order_of(a.rule) < order_of(b.rule);
    });
    return std::move(findings_);
  }

 private:
  static SearchSettings settings(const TableTexts& lists) {
    SearchSettings settings;
    settings.word_lists = lists;
    return settings;
  }
  TableTexts tables(const TableTexts& lists) const {
    return with_word_lists(reader_.snapshot().tables->words, lists);
  }

  std::string stems_of(const std::string& words) const {
    std::vector<std::string> stems;
    for (const language::Word& word : analyzer_.words(words))
      if (!model_.rules().is_stopword(word.folded)) stems.push_back(word.stem);
    std::sort(stems.begin(), stems.end());
    stems.erase(std::unique(stems.begin(), stems.end()), stems.end());
    return joined(stems);
  }
  bool is_indexed(const language::Word& word) {
    const auto stands = [&](const std::string& stem) {
      const auto [known, is_new] = stands_.emplace(stem, false);
      if (is_new) {
        std::vector<Posting> postings;
        reader_.postings(TermKind::word, stem, all_docs(), postings);
        known->second = !postings.empty();
      }
      return known->second;
    };
    return stands(word.stem) ||
           (!word.parts.empty() && std::all_of(word.parts.begin(), word.parts.end(), stands));
  }
  const Bitmap& all_docs() {
    if (docs_.isEmpty()) docs_.addRange(1, std::uint64_t{reader_.snapshot().last_doc} + 1);
    return docs_;
  }
  void add(RuleFinding::Kind kind, std::string rule, std::string message) {
    findings_.push_back({kind, std::move(rule), std::move(message)});
  }

  SearchEngine engine_;
  IndexReader reader_;
  language::Model model_;
  language::Analyzer analyzer_;
  Bitmap docs_;
  std::map<std::string, bool> stands_;
  std::vector<RuleFinding> findings_;
};

}  // namespace

std::vector<RuleFinding> check_rules(const std::string& index_directory, const TableTexts& lists,
                                     const std::vector<std::string>& graded) {
  Check check(index_directory, lists);
  check.complaints();
  check.duplicates_and_loops();
  check.leading_to_nothing();
  check.hurting(graded);
  return check.take();
}

}  // namespace vsm
