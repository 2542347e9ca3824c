#include "harness/environments/local/veth.hpp"

#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/veth.h>

#include <cstring>

#include "harness/environments/local/link_request.hpp"

namespace faultline::local {

Result<void> create_veth_pair(const std::string& name, const std::string& peer_name,
                              int peer_namespace) {
  LinkRequest request(LinkRequest::What::create);
  request.add_name(name);
  const std::size_t info = request.open(IFLA_LINKINFO);
  request.add(IFLA_INFO_KIND, std::string_view("veth"));
  const std::size_t data = request.open(IFLA_INFO_DATA);
  const std::size_t peer = request.open(VETH_INFO_PEER);
  request.append_interface();
  request.add_name(peer_name);
  request.add(IFLA_NET_NS_FD, static_cast<std::uint32_t>(peer_namespace));
  request.close(peer);
  request.close(data);
  request.close(info);
  const int error = request.send();
  if (error != 0) return Error{fmt::format("cannot make a veth pair: {}", std::strerror(error))};
  return {};
}

}  // namespace faultline::local
