#include "scenarios/runner/xml_text.h"

#include <gtest/gtest.h>
#include <string>

namespace sockcr::runner {
namespace {

TEST(XmlText, KeepsWhatXmlCanHold) {
  const std::string text = "tab\t newline\n <&\"'> \u00e4 \u20ac \U0001f9e6";
  EXPECT_EQ(xml_text(text), text);
}

TEST(XmlText, ReplacesControlCharacters) {
  EXPECT_EQ(xml_text(std::string("a\0b\x01\x1b[31m\r\x7f", 11)), "a?b??[31m??");
  EXPECT_EQ(xml_text("\xc2\x85"), "?");  // C1
}

TEST(XmlText, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(xml_text("\xff\xfe"), "??");
  EXPECT_EQ(xml_text("cut \xe2\x82"), "cut ??");
  EXPECT_EQ(xml_text("\xc0\xaf"), "??");  // longer than needed
  EXPECT_EQ(xml_text("\xe0\x80\xaf"), "???");
  EXPECT_EQ(xml_text("\xf0\x80\x80\xaf"), "????");
  EXPECT_EQ(xml_text("\xf5\x80\x80\x80"), "????");
}

TEST(XmlText, ReplacesCodePointsThatNoDocumentMayHave) {
  EXPECT_EQ(xml_text("\xef\xbf\xbe\xef\xbf\xbf"), "??");  // U+FFFE, U+FFFF
  EXPECT_EQ(xml_text("\xed\xa0\x80"), "?");               // a surrogate
  EXPECT_EQ(xml_text("\xf4\x90\x80\x80"), "?");           // behind the last
}

}  // namespace
}  // namespace sockcr::runner
