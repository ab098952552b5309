package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
)

// A watch is a RoundTripper that holds every request, and its answer, against
// the documents.
type watch struct {
	docs *documents
	base http.RoundTripper

	mu    sync.Mutex
	found []difference
}

func (w *watch) RoundTrip(req *http.Request) (*http.Response, error) {
	op, known, err := w.request(req)
	if err != nil {
		return nil, err
	}
	resp, err := w.base.RoundTrip(req)
	if err != nil || !known {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	w.note(op.String(), "answer", op.checkResponse(req.Context(), resp.StatusCode, resp.Header, body))
	return resp, nil
}

// request holds a request against the documents; known tells whether they
// have its operation.
func (w *watch) request(req *http.Request) (op operation, known bool, err error) {
	copied, err := cloneWithBody(req)
	if err != nil {
		return op, false, err
	}
	op, err = w.docs.find(copied)
	if errors.Is(err, errNoOperation) {
		w.note(req.Method+" "+req.URL.Path, "operation", []string{"not in the documents"})
		return op, false, nil
	}
	if err != nil {
		return op, false, err
	}
	w.note(op.String(), "request", op.checkRequest(req.Context()))
	return op, true, nil
}

func (w *watch) note(operation, kind string, problems []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, problem := range problems {
		w.found = append(w.found, difference{operation, kind, problem})
	}
}

// cloneWithBody returns a copy of req whose body can be read without touching
// that of req.
func cloneWithBody(req *http.Request) (*http.Request, error) {
	copied := req.Clone(req.Context())
	if req.GetBody == nil {
		return copied, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	copied.Body = body
	return copied, nil
}

// recordedAnswer holds a recorded answer against the documents, if they have
// its operation.
func (w *watch) recordedAnswer(origin string, e exchange) error {
	req, err := http.NewRequest(e.Method, origin+e.Path, nil)
	if err != nil {
		return err
	}
	op, err := w.docs.find(req)
	if err != nil {
		return nil // no document has it: internal endpoints, mostly
	}
	var body []byte
	if e.ResponseBody != nil {
		if body, err = json.Marshal(e.ResponseBody); err != nil {
			return err
		}
	}
	header := http.Header{"Content-Type": {"application/json"}}
	w.note(op.String(), "answer", op.checkResponse(req.Context(), e.Status, header, body))
	return nil
}
