// The real vsm-index program, by what it says to the person who calls it.
#include <gmock/gmock.h>
#include <stdio.h>
#include <sys/wait.h>

#include <string>

#include "query/search.h"
#include "tests/fixture.h"

namespace vsm {
namespace {

using ::testing::HasSubstr;

struct Ended {
  std::string output;  ///< both streams
  int status = -1;
};

Ended run(const std::string& arguments) {
  Ended result;
  FILE* pipe = ::popen((VSM_INDEX_PROGRAM " " + arguments + " 2>&1").c_str(), "r");
  if (!pipe) return result;
  char buffer[4'096];
  for (std::size_t size = 0; (size = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    result.output.append(buffer, size);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

TEST(IndexProgram, SaysWhichWordsItHas) {
  const TempFolder folder;
  folder.write("words/pets.txt", "wauwau => hund\nmiez => katze\nmieze = katze\n");
  const Ended own = run("build --quiet --index " + (folder / "index") + " --synonyms " + (folder / "words"));
  EXPECT_EQ(own.status, 0) << own.output;
  EXPECT_THAT(own.output, HasSubstr("Wortregeln: 2 gelesen"));
  EXPECT_THAT(own.output, HasSubstr("synonyms/pets.txt:3: "));
  EXPECT_THAT(own.output, HasSubstr("Wörterbuch wngerman: "));
}

TEST(IndexProgram, AFolderOfWordsThatIsMissingIsSaid) {
  const TempFolder folder;
  const Ended missing =
      run("build --quiet --index " + (folder / "index") + " --synonyms " + (folder / "nowhere"));
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.output, HasSubstr("nowhere"));
}

TEST(IndexProgram, AWrongTableIsNamedWithFileAndLine) {
  const TempFolder folder;
  std::filesystem::copy(VSM_DATA_FOLDER, folder / "data", std::filesystem::copy_options::recursive);
  std::filesystem::create_directory(folder / "synonyms");
  folder.write("data/words/part3.tsv", "prefix\twords\n12\tkatze\n");
  const Ended wrong = run("build --quiet --index " + (folder / "index") + " --data " + (folder / "data"));
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.output, HasSubstr("words/part3.tsv:2: "));
}

/// All shipped and sample feeds on a copy of the index: nothing is new, then one title is.
TEST(IndexProgram, AnUpdateOfAllFeedsChangesWhatChanged) {
  namespace fs = std::filesystem;
  const TempFolder folder;
  fs::copy(VSM_SHIPPED_FOLDER "/index", folder / "index", fs::copy_options::recursive);
  const std::string town = "beispiel-gemeinde-053150000000";
  const std::string update =
      "update --quiet --index " + (folder / "index") + " --source " VSM_DATA_FOLDER "/catalogue --source ";
  const Ended same = run(update + VSM_SHIPPED_FOLDER "/feeds --again");
  EXPECT_EQ(same.status, 0) << same.output;
  EXPECT_THAT(same.output, HasSubstr(": 430 Quellen, davon 0 unverändert"));
  EXPECT_THAT(same.output, HasSubstr(town + ": 0 neu, 0 geändert, 0 gelöscht, "));
  EXPECT_THAT(same.output, HasSubstr("land-nrw: 0 neu, 0 geändert, 0 gelöscht, "));

  fs::copy(VSM_SHIPPED_FOLDER "/feeds/" + town, folder / town);
  std::string feed = read_file(folder / (town + "/feed.xml"));
  const std::string before = ">Biotonne nutzen und Bioabfall entsorgen<";
  ASSERT_NE(feed.find(before), std::string::npos);
  feed.replace(feed.find(before), before.size(), ">Zauberkiste für Bananenschalen<");
  folder.write(town + "/feed.xml", feed);
  std::string table = read_file(VSM_SHIPPED_FOLDER "/feeds/sources.tsv"), one;
  for (std::string_view line : split(table, '\n'))
    if (line.starts_with("id\t") || line.starts_with(town)) (one += line) += '\n';
  folder.write("sources.tsv", one);

  SearchEngine engine(folder / "index");
  const Ended changed =
      run("update --quiet --index " + (folder / "index") + " --source " + (folder / "sources.tsv"));
  EXPECT_EQ(changed.status, 0) << changed.output;
  EXPECT_THAT(changed.output, HasSubstr(town + ": 0 neu, 1 geändert, 0 gelöscht, "));
  engine.index().look();
  SearchRequest request;
  request.words = "zauberkiste";
  request.ars = "053150000000";
  const auto answer = engine.search(request);
  ASSERT_TRUE(std::holds_alternative<SearchAnswer>(answer));
  ASSERT_FALSE(std::get<SearchAnswer>(answer).results.empty());
  EXPECT_EQ(std::get<SearchAnswer>(answer).results[0].text.title, "Zauberkiste für Bananenschalen");
  EXPECT_THAT(run("diff --index " + (folder / "index")).output, HasSubstr("Zauberkiste"));
  EXPECT_THAT(run("sources --index " + (folder / "index")).output, HasSubstr(town + "  gut"));
}

TEST(IndexProgram, ValidatesAndSaysItByItsExitStatus) {
  const TempFolder folder;
  const std::string good =
      folder.write("good.xml", xzufi::file(xzufi::service("A", "1", "99110009104000", "Hund", "")));
  EXPECT_EQ(run("validate --quiet " + good).status, 0);
  const std::string warned =
      folder.write("warned.xml", xzufi::file(xzufi::service("A", "1", "9911", "Hund", "")));
  EXPECT_EQ(run("validate --quiet " + warned).status, 1);
  const std::string broken = folder.write("broken.xml", "<a><schreibe>");
  const Ended ended = run("validate --quiet --format json " + broken);
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.output, HasSubstr("\"verdict\":\"errors\""));
  EXPECT_THAT(run("validate --quiet --format html " + broken).output, HasSubstr("<html lang=\"de\""));
}

}  // namespace
}  // namespace vsm
