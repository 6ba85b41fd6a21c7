#include "daemon/sandbox/shape.hpp"

namespace grantlink::sandbox {

const std::vector<const Shape*>& shapes() {
    static const std::vector<const Shape*> all = {&instagram(), &facebook(), &tiktok(), &slack(),
                                                  &github(),    &x(),        &notion()};
    return all;
}

const Shape* findShape(const std::string& name) {
    for (const Shape* shape : shapes())
        if (shape->name == name)
            return shape;
    return nullptr;
}

std::string Shape::withoutVersion(const std::string& path) const {
    const auto slash = path.find('/', 1);
    if (!versioned || !path.starts_with("/v") || slash == std::string::npos)
        return path;
    const std::string version = path.substr(2, slash - 2);
    const bool numeric =
        !version.empty() && version.find_first_not_of("0123456789.") == std::string::npos;
    return numeric ? path.substr(slash) : path;
}

} // namespace grantlink::sandbox
