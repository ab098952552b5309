package oktaint

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Bodies are read up to these sizes and no further.
const (
	maxBody      = 16 << 20
	maxErrorBody = 1 << 20
)

// headerTimeout and bodyTimeout are how long the header and then the body of an
// answer may take if the body is read within the attempt. A server that sends a
// byte now and then, or a base transport without limits, cannot hold a call up for
// longer.
const (
	headerTimeout = 2 * time.Minute
	bodyTimeout   = 2 * time.Minute
)

// A wholeReader is a body that has been read within the attempt. A Client takes
// its bytes without reading them again.
type wholeReader struct {
	*bytes.Reader
	bytes []byte
}

func (*wholeReader) Close() error { return nil }

// A peekedBody is a body of which the beginning, up to maxErrorBody, has been read
// within the attempt.
type peekedBody struct {
	io.Reader
	io.Closer
	bytes []byte
}

// A streamedBody is a body that the caller reads. It ends the attempt's context when
// the caller is done with it.
type streamedBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (b *streamedBody) Close() error {
	defer b.cancel(nil)
	return b.ReadCloser.Close()
}

// tooLarge is the error of a body with more than so many bytes.
type tooLarge int64

func (n tooLarge) Error() string {
	return fmt.Sprintf("oktaint: the answer's body is larger than %d MB", n>>20)
}

// slowAnswer is the error of an answer whose header or body took too long. It is a
// timeout of the network: a connection that died unnoticed looks the same.
type slowAnswer string

func (s slowAnswer) Error() string {
	if s == "header" {
		return fmt.Sprintf("oktaint: no answer came within %v", headerTimeout)
	}
	return fmt.Sprintf("oktaint: the answer's body was not complete after %v", bodyTimeout)
}
func (slowAnswer) Timeout() bool { return true }

// switched is the error of an answer with a status below 200, which net/http hands
// on only where the server leaves HTTP (101).
type switched int

func (s switched) Error() string {
	return fmt.Sprintf("oktaint: the server answered %d and left HTTP: is a proxy in between?", int(s))
}

// readWhole reads the body of an answer. It ends the attempt by cancel if that takes
// too long. An error may come with the answer, whose header is good.
func readWhole(resp *http.Response, cancel context.CancelCauseFunc, limit int64) (*http.Response, error) {
	timer := time.AfterFunc(bodyTimeout, func() { cancel(slowAnswer("body")) })
	defer timer.Stop()
	body, err := readBody(resp, limit)
	if err != nil {
		return resp, err
	}
	resp.Body = &wholeReader{bytes.NewReader(body), body}
	return resp, nil
}

// peek reads the beginning of an error's body, as readWhole reads all of it. The
// caller reads the rest, and gets the error if reading has failed.
func peek(resp *http.Response, cancel context.CancelCauseFunc) {
	timer := time.AfterFunc(bodyTimeout, func() { cancel(slowAnswer("body")) })
	defer timer.Stop()
	body, err := readAll(io.LimitReader(resp.Body, maxErrorBody), resp.ContentLength)
	p := &peekedBody{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body, body}
	if err != nil || len(body) < maxErrorBody { // the end: nobody waits for a Close that hangs
		resp.Body.Close()
		p.Reader, p.Closer = io.MultiReader(bytes.NewReader(body), failed{err}), http.NoBody
	}
	resp.Body = p
}

// failed is a reader without data: it ends with the error, or with io.EOF if that is
// nil.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, cmp.Or(f.err, io.EOF) }

// readBody reads and closes a body of at most limit bytes. For an answer outside of
// 2xx the status says most, so the text beyond maxErrorBody is dropped.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if w, ok := resp.Body.(*wholeReader); ok {
		return w.bytes, nil
	}
	defer resp.Body.Close()
	failed := resp.StatusCode < 200 || resp.StatusCode > 299
	if failed {
		limit = maxErrorBody
	}
	body, err := readAll(io.LimitReader(resp.Body, limit+1), min(resp.ContentLength, limit))
	switch {
	case err != nil && failed:
		return body, nil
	case err != nil:
		return nil, fmt.Errorf("the answer's body ended early: %w", err)
	case int64(len(body)) > limit && failed:
		return body[:limit], nil
	case int64(len(body)) > limit:
		return nil, tooLarge(limit)
	}
	return body, nil
}

// readAll is io.ReadAll into memory of the right size, if the length is known and
// moderate (a server can say anything), or else by way of a buffer that is used again.
func readAll(r io.Reader, length int64) ([]byte, error) {
	if length >= 0 {
		buf := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+min(length, maxErrorBody)))
		_, err := buf.ReadFrom(r)
		return buf.Bytes(), err
	}
	buf := scratch.Get().(*bytes.Buffer)
	buf.Reset()
	_, err := buf.ReadFrom(r)
	body := append([]byte{}, buf.Bytes()...)
	if buf.Cap() <= 2*maxErrorBody {
		scratch.Put(buf)
	}
	return body, err
}

// scratch keeps buffers for bodies of unknown length, such as compressed ones.
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}
