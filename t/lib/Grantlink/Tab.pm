package Grantlink::Tab;

# One tab, or window, of Grantlink::Chromium. Each step dies when it cannot be taken.

use v5.36;

sub new ($class, $chromium, $number) {
    return bless {chromium => $chromium, number => $number}, $class;
}

sub _do ($self, $name, %with) { return $self->{chromium}->command($name, tab => $self->{number}, %with) }

# Answers {status, headers}.
sub goto ($self, $url) { return $self->_do(goto => (url => $url)) }

# Waits until a page of this name is there (<body data-page="…">); answers its URL.
sub wait_for_page ($self, $page) { return $self->_do(waitFor => (page => $page)) }
sub wait_for_text ($self, $text) { return $self->_do(waitForText => (text => $text)) }

# {page, url, title, headings, text, lang, dir, robots, focus, scrolls, small}: `scrolls` when it is
# wider than the window, `small` are the targets below 24 by 24 pixels (WCAG 2.5.8).
sub look ($self) { return $self->_do('look') }
sub page ($self) { return $self->look->{page} }

sub click ($self, $selector) { return $self->_do(click => (selector => $selector)) }
sub fill ($self, $selector, $text)    { return $self->_do(fill => (selector => $selector, text => $text)) }
sub choose ($self, $selector, $value) { return $self->_do(choose => (selector => $selector, value => $value)) }
sub type ($self, $text)       { return $self->_do(type => (text => $text)) }
sub press ($self, @keys)     { $self->_do(press => (key => $_)) for @keys }
sub back ($self)             { return $self->_do('back') }

# At the sandbox: who signs in, and the decision.
sub choose_account ($self, $account) {
    $self->wait_for_page('login');
    $self->click(qq{button[value="$account"]});
    $self->wait_for_page('consent');
}

sub decide ($self, $decision) { return $self->click(qq{button[value="$decision"]}) }

sub approve_as ($self, $account) {
    $self->choose_account($account);
    return $self->decide('approve');
}

# The window that this page opened last.
sub opened ($self) { return ref($self)->new($self->{chromium}, $self->_do('opened')) }

# Another tab of the same person.
sub another ($self) { return ref($self)->new($self->{chromium}, $self->_do('tab')) }

sub is_closed ($self)         { return $self->_do('isClosed') }
sub wait_until_closed ($self) { return $self->_do('waitUntilClosed') }
sub close ($self)             { return $self->_do('close') }
sub leave ($self)             { return $self->_do('leave') }    # with all tabs of this person
sub forget_cookies ($self)    { return $self->_do('forgetCookies') }

sub evaluate ($self, $script) { return $self->_do(evaluate => (script => $script)) }

# Waits until the script answers something true, and answers that.
sub until_true ($self, $script) { return $self->_do(until => (script => $script)) }

# Whether the network is gone, for all tabs of this person.
sub offline ($self, $whether) { return $self->_do(offline => (whether => $whether ? \1 : \0)) }

# scheme => 'light' | 'dark', width =>, height =>
sub emulate ($self, %with) { return $self->_do(emulate => %with) }

# What axe-core finds, what the console said, what was asked for, where Back would lead: lists.
sub axe ($self)     { return @{$self->_do('axe')} }
sub said ($self)    { return @{$self->_do('said')} }
sub asked ($self)   { return @{$self->_do('asked')} }
sub history ($self) { return @{$self->_do('history')} }

# The whole page, or with `window` what the window shows of it: a dialog, say.
sub screenshot ($self, $name, %with) {
    my $path = $self->{chromium}->screenshot_path($name) // return;
    return $self->_do(screenshot => (path => $path, $with{window} ? (whole => \0) : ()));
}

1;
