package oktatest

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// The kinds of fault; AddFault describes them.
const (
	faultRefuse      = "refuse"
	faultResetBefore = "reset-before"
	faultResetAfter  = "reset-after"
	faultDelay       = "delay"
	faultHTML        = "html"
	faultCut         = "cut"
	faultStall       = "stall"
	faultProxy404    = "proxy-404"
	faultAnswer      = "answer"
)

// fault is one parsed fault.
type fault struct {
	method string
	path   []string
	nth    int // 0: every request that matches
	kind   string
	delay  time.Duration
	answer func() reply // of the kind answer

	seen int // requests that matched
}

// faults is the list of an org's faults.
type faults struct {
	mu   sync.Mutex
	list []*fault
}

func (fs *faults) add(f *fault) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = append(fs.list, f)
}

func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.list = nil
}

// next counts a request and returns the fault that hits it, or nil.
func (fs *faults) next(method, path string) *fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var hit *fault
	for _, f := range fs.list {
		if !f.matches(method, path) {
			continue
		}
		f.seen++
		if hit == nil && (f.nth == 0 || f.nth == f.seen) {
			hit = f
		}
	}
	return hit
}

// refuses reports whether the next such request would be refused; if so, it is
// counted here, because it will not arrive.
func (fs *faults) refuses(method, path string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.list {
		if !f.matches(method, path) || f.nth != 0 && f.nth != f.seen+1 {
			continue
		}
		if f.kind != faultRefuse {
			return false
		}
		for _, other := range fs.list {
			if other.matches(method, path) {
				other.seen++
			}
		}
		return true
	}
	return false
}

func (f *fault) matches(method, path string) bool {
	elems := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if f.method != method || len(f.path) != len(elems) {
		return false
	}
	for i, elem := range f.path {
		if !isParam(elem) && elem != elems[i] {
			return false
		}
	}
	return true
}

// isParam reports whether an element of a pattern stands for any element.
func isParam(elem string) bool {
	return strings.HasPrefix(elem, "{") && strings.HasSuffix(elem, "}")
}

// parseFault reads "METHOD /path/{id} #n kind".
func parseFault(spec string) (*fault, error) {
	bad := func(why string) error {
		return fmt.Errorf("oktatest: fault %q: %s; want 'METHOD /path/{id} #n kind'", spec, why)
	}
	f := &fault{}
	method, rest := cutWord(spec)
	target, rest := cutWord(rest)
	f.method, f.kind = method, rest
	switch f.method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead:
	default:
		return nil, bad("unknown method " + strconv.Quote(f.method))
	}
	path, ok := strings.CutPrefix(target, "/")
	if !ok || strings.Contains(path, "?") {
		return nil, bad("a path begins with / and has no query")
	}
	f.path = strings.Split(path, "/")
	if number, kind := cutWord(rest); strings.HasPrefix(number, "#") {
		n, err := strconv.Atoi(number[1:])
		if err != nil || n < 1 {
			return nil, bad("#n is # and a number from 1")
		}
		f.nth, f.kind = n, kind
	}
	if err := f.parseKind(); err != nil {
		return nil, bad(err.Error())
	}
	return f, nil
}

// cutWord cuts a text after its first word.
func cutWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	at := strings.IndexFunc(text, unicode.IsSpace)
	if at < 0 {
		return text, ""
	}
	return text[:at], strings.TrimSpace(text[at:])
}

// parseKind checks the kind, and takes it apart where it has a value.
func (f *fault) parseKind() error {
	switch f.kind {
	case faultRefuse, faultResetBefore, faultResetAfter, faultHTML, faultCut, faultStall, faultProxy404,
		"429", "500", "502", "503", "504":
		return nil
	}
	name, value, _ := strings.Cut(f.kind, "=")
	switch name {
	case faultDelay:
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is not a delay", value)
		}
		f.kind, f.delay = faultDelay, d
		return nil
	case faultAnswer:
		f.kind = faultAnswer
		return f.parseAnswer(value)
	}
	return fmt.Errorf("unknown kind %q", f.kind)
}

// parseAnswer reads a status and, after a space, a body.
func (f *fault) parseAnswer(value string) error {
	number, body := cutWord(value)
	status, err := strconv.Atoi(number)
	if err != nil || status < 200 || status > 599 {
		return fmt.Errorf("%q is not a status from 200 to 599", number)
	}
	if errorCodePattern.MatchString(body) {
		f.answer = (&apiError{status: status, code: body, summary: summaryOf(body)}).reply
		return nil
	}
	res := reply{status: status, raw: []byte(body)}
	switch {
	case body == "":
	case status == http.StatusNoContent || status == http.StatusNotModified:
		return fmt.Errorf("an answer with status %d has no body", status)
	case strings.HasPrefix(body, "<"):
		res.header = http.Header{"Content-Type": {"text/html"}}
	default:
		res.header = http.Header{"Content-Type": {"application/json"}}
	}
	f.answer = func() reply { return res }
	return nil
}

var errorCodePattern = regexp.MustCompile(`^E[0-9]{7}$`)

// reply returns the answer of a fault that consists of one; for other faults ok
// is false.
func (f *fault) reply(o *Org, class string) (res reply, ok bool) {
	switch f.kind {
	case "429":
		limited := &rateLimited{&standing{limit: o.limits.limitOf(class), reset: o.now().Add(time.Second)}}
		return limited.reply(), true
	case "500":
		return errInternal.reply(), true
	case "503":
		return errReadOnly.reply(), true
	case "502":
		return htmlPage(http.StatusBadGateway), true
	case "504":
		return htmlPage(http.StatusGatewayTimeout), true
	case faultHTML:
		return htmlPage(http.StatusOK), true
	case faultProxy404:
		return htmlPage(http.StatusNotFound), true
	case faultAnswer:
		return f.answer(), true
	}
	return reply{}, false
}

// htmlPage is a page of some gateway or proxy on the way.
func htmlPage(status int) reply {
	text := http.StatusText(status)
	page := "<html>\r\n<head><title>" + strconv.Itoa(status) + " " + text + "</title></head>\r\n<body>\r\n<center><h1>" +
		text + "</h1></center>\r\n<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
	return reply{status: status, header: http.Header{"Content-Type": {"text/html"}}, raw: []byte(page)}
}
