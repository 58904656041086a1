// CRoaring's bitmap under one name: its older releases have it in the global namespace, newer ones in
// roaring.
#pragma once

#include <roaring/roaring.hh>

namespace roaring {}

namespace vsm {
namespace bitmap_detail {
using namespace ::roaring;
using Type = Roaring;
}  // namespace bitmap_detail

/// A set of 32-bit numbers: documents or municipalities.
using Bitmap = bitmap_detail::Type;

}  // namespace vsm
