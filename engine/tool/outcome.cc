#include "engine/tool/outcome.h"

#include <fmt/format.h>
#include <cstdio>
#include <exception>

#include "engine/image/image_error.h"
#include "engine/sys/error.h"
#include "engine/tool/held_signals.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

ExitCode told(const std::exception& error, ExitCode code) {
  fmt::print(stderr, "sockcr: {}\n", error.what());
  return code;
}

}  // namespace

ExitCode with_errors_told(const std::function<ExitCode()>& command) {
  try {
    return command();
  } catch (const Interrupted& error) {
    return told(error, error.exit_code());
  } catch (const WrongUse& error) {
    return told(error, ExitCode::wrong_use);
  } catch (const Refused& error) {
    return told(error, ExitCode::failure);
  } catch (const ImageError& error) {
    return told(error, ExitCode::failure);
  } catch (const Unsupported& error) {
    return told(error, ExitCode::failure);
  } catch (const Violation& error) {
    return told(error, ExitCode::failure);
  } catch (const std::exception& error) {
    return told(error, ExitCode::trouble);
  }
}

}  // namespace sockcr
