// The real vsm-index program, by what it says to the person who calls it.
#include <gmock/gmock.h>
#include <stdio.h>
#include <sys/wait.h>

#include <string>

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

}  // namespace
}  // namespace vsm
