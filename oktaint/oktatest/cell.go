package oktatest

import (
	"io"
	"net/http"
	"sync"
)

// Cell serves several orgs by one listener. A request goes to the org whose
// [Config.Origin] has the host of the request; every other host gets the 404 of
// an org that does not exist. A Cell is an [http.Handler]; make one with NewCell.
type Cell struct {
	orgs map[string]*Org // by host

	wireOnce sync.Once
	wire     *wire
}

// NewCell returns a cell of these orgs. It panics if two of them have the same
// host. It owns no goroutine until [Cell.Transport] is called; Close it then.
func NewCell(orgs ...*Org) *Cell {
	c := &Cell{orgs: map[string]*Org{}}
	for _, o := range orgs {
		if c.orgs[o.host] != nil {
			panic("oktatest: new cell: two orgs at " + o.host)
		}
		c.orgs[o.host] = o
	}
	return c
}

// ServeHTTP answers one request by the org that it is for.
func (c *Cell) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o := c.orgs[r.Host]; o != nil {
		o.ServeHTTP(w, r)
		return
	}
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, deadOrg) // the client may have left
}

// Transport returns a RoundTripper that reaches every org of the cell over
// in-memory pipes, as [Org.Transport] reaches one. It is the same one on every
// call.
func (c *Cell) Transport() http.RoundTripper {
	c.wireOnce.Do(func() { c.wire = newWire(c, func(host string) *Org { return c.orgs[host] }) })
	return c.wire
}

// Close closes the orgs and all connections of the cell.
func (c *Cell) Close() {
	for _, o := range c.orgs {
		o.Close()
	}
	c.wireOnce.Do(func() {})
	if c.wire != nil {
		c.wire.close()
	}
}
