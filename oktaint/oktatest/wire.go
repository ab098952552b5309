package oktatest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
)

var errClosed = errors.New("oktatest: the org is closed")

// wire is an http.Server on in-memory pipes and the transport that dials it.
type wire struct {
	orgOf     func(host string) *Org // nil: there is none
	listener  *pipeListener
	server    *http.Server
	transport *http.Transport
	served    sync.WaitGroup
}

func newWire(h http.Handler, orgOf func(host string) *Org) *wire {
	w := &wire{
		orgOf:    orgOf,
		listener: &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})},
		server:   newServer(h),
	}
	w.transport = &http.Transport{
		// There is no TLS on a pipe, so a dialed connection counts as one
		// that has done its handshake.
		DialTLSContext: w.listener.dial,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("oktatest: an org is reached by https only")
		},
		DisableCompression:  true,
		MaxIdleConnsPerHost: 100,
	}
	w.served.Go(func() { _ = w.server.Serve(w.listener) })
	return w
}

// newServer returns a server whose own errors nobody needs.
func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if o := w.orgOf(r.URL.Host); o != nil && o.faults.refuses(r.Method, onePath(r.URL.Path)) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		o.log.answer(o.log.arrive(r, o.now(), classOf(r.Method, onePath(r.URL.Path))), 0)
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	return w.transport.RoundTrip(r)
}

// CloseIdleConnections closes the connections that are not in use.
func (w *wire) CloseIdleConnections() { w.transport.CloseIdleConnections() }

func (w *wire) close() {
	w.listener.Close()
	_ = w.server.Close()
	w.transport.CloseIdleConnections()
	w.served.Wait()
}

// pipeListener hands the far end of every dialed pipe to its server.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	var err error
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		err = errClosed
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	_ = near.Close()
	_ = far.Close()
	return nil, &net.OpError{Op: "dial", Net: "pipe", Err: err}
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
