// libcurl's list of strings (headers, recipients), freed with its owner.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <new>
#include <string>

namespace grantlink {

class CurlList {
  public:
    void append(const std::string& text) {
        curl_slist* const longer = curl_slist_append(list_.get(), text.c_str()); // copies the text
        if (!longer)
            throw std::bad_alloc();
        list_.release(); // it is part of the longer one now
        list_.reset(longer);
    }

    curl_slist* get() const { return list_.get(); }

  private:
    struct Deleter {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    std::unique_ptr<curl_slist, Deleter> list_;
};

} // namespace grantlink
