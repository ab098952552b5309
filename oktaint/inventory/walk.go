package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A list is one list that is read, such as the members of one group.
type list struct {
	u     *run
	t     *tally
	above []string // what stands in the path
	query string   // the one of each that is asked for
	p     *progress
	flat  bool // what is below is not read
	whole bool // it was read to its end, or there is none
}

// lists reads the lists of a resource below one parent: one, or one after the other for
// each of its queries.
func (u *run) lists(ctx context.Context, r *Resource, above []string, p *progress) error {
	l := &list{u: u, t: u.tallyOf(r), above: above, p: p}
	u.locked(func() { u.unasked(l.t) })
	if l.closed() {
		return nil
	}
	if len(r.marks.each) == 0 {
		return l.walk(ctx)
	}
	for i, query := range r.marks.each {
		if u.probe && l.t.Count > 0 {
			break
		}
		key := fmt.Sprint(i)
		if err := u.under(p, key, func(p *progress) error {
			part := &list{u: u, t: l.t, above: above, query: query, p: p}
			return part.walk(ctx)
		}); err != nil {
			return err
		}
	}
	return nil
}

// closed reports whether no more lists of the resource are to be read.
func (l *list) closed() bool {
	l.u.mu.Lock()
	defer l.u.mu.Unlock()
	return l.t.Closed != nil
}

// under does the work of a list below another, unless it is done.
func (u *run) under(p *progress, key string, work func(*progress) error) error {
	var mine *progress
	u.locked(func() { mine = p.begin(key) })
	if mine == nil {
		return nil
	}
	if err := work(mine); err != nil {
		return err
	}
	u.locked(func() { p.end(key) })
	return nil
}

// unasked closes a resource that the token cannot read.
func (u *run) unasked(t *tally) {
	src := u.c.Source()
	if src.ClientID() == "" || t.Closed != nil {
		return // an API token has no scopes
	}
	for scope := range t.r.Scopes.All() {
		var o Outcome
		switch {
		case !src.Asked().Covers(scope):
			o = notAsked(scope)
			if t.named {
				o.Status = Refused
			}
		case !src.Granted().Covers(scope):
			o = Outcome{Refused, fmt.Sprintf("the token lacks the scope %s, though it was asked for", scope), "grant the scope to the app", bySuperAdmin}
		default:
			continue
		}
		t.note(o, nil, true)
		return
	}
}

// walk reads a list from where it stopped. What the org answers is taken down in the
// tally; an error is one that ends the run.
func (l *list) walk(ctx context.Context) error {
	began := time.Now()
	defer func() { l.u.locked(func() { l.t.Took = max(l.t.Took, time.Since(began)) }) }()
	var over bool
	if l.u.locked(func() { over = l.p.Over }); over {
		return nil
	}
	ctx = l.u.watched(ctx, l.t)
	for page, err := range l.pages(ctx) {
		if err != nil {
			return l.refused(ctx, err)
		}
		if err := l.page(ctx, page); err != nil {
			return err
		}
		if l.u.probe {
			break
		}
	}
	return nil
}

// refused takes down what an answer means.
func (l *list) refused(ctx context.Context, err error) error {
	v, err2 := l.u.judge(ctx, l, err)
	if err2 != nil {
		return fmt.Errorf("inventory: %s: %w", l.t.r.Name, err2)
	}
	l.u.locked(func() {
		l.p.Over = true
		l.whole = v.none || v.Status == NotLicensed
		l.t.Requests++
		if v.none {
			l.t.Read++
			return
		}
		l.t.note(v.Outcome, err, v.closes)
	})
	return nil
}

// page hands on the objects of a page and reads what is below them.
func (l *list) page(ctx context.Context, page oktaint.Page[json.RawMessage]) error {
	var put bool
	l.u.locked(func() { put = l.p.Put })
	if !put {
		b := l.batch(page.Items)
		err := l.u.put(ctx, l.t, b, func() {
			l.p.Put = true
			l.t.add(page.Items)
		})
		if err != nil {
			return err
		}
		l.told()
	}
	if !l.flat {
		if err := l.children(ctx, page.Items); err != nil {
			return err
		}
	}
	l.u.locked(func() {
		l.p.turn(page.Next)
		if l.whole = l.p.Over; l.p.Over || l.u.probe {
			l.t.Read, l.t.row = l.t.Read+1, 0
		}
	})
	return nil
}

// add counts the objects of a page.
func (t *tally) add(items []json.RawMessage) {
	t.Requests++
	t.Count += len(items)
	for _, item := range items {
		t.Bytes += int64(len(item))
	}
}

func (l *list) told() {
	var e Event
	l.u.locked(func() { e = Event{Resource: l.t.r.Name, Count: l.t.Count, Requests: l.t.Requests} })
	l.u.tell(e)
}

func (l *list) batch(items []json.RawMessage) Batch {
	b := Batch{Resource: l.t.r.Name, Parent: strings.Join(l.chain(), "/"), At: now()}
	if l.u.tallies[l.t.r.Name] == nil {
		return b // read for its children only
	}
	b.Items = items
	if l.t.r.marks.noSecrets || l.t.r.marks.ids && !l.u.opts.FullMembers {
		b.Items = make([]json.RawMessage, len(items))
		for i, item := range items {
			b.Items[i] = l.t.r.keep(item, false)
		}
	}
	return b
}

// children reads what is below the objects of a page.
func (l *list) children(ctx context.Context, items []json.RawMessage) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, child := range below(l.t.r) {
		if l.u.needs(child) {
			g.Go(func() error { return l.child(ctx, child, items) })
		}
	}
	return g.Wait()
}

// child reads one resource below the objects of a page.
func (l *list) child(ctx context.Context, child *Resource, items []json.RawMessage) error {
	t := l.u.tallyOf(child)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.u.opts.Concurrency)
	if child.marks.serial {
		g.SetLimit(1)
	}
	for _, item := range items {
		var closed bool
		l.u.locked(func() { closed = t.Closed != nil || l.u.probe && t.Read > 0 })
		if closed || ctx.Err() != nil {
			break
		}
		param := l.t.r.paramOf(item, child)
		if param == "" || !child.open(item) {
			continue
		}
		work := func() error {
			return l.u.under(l.p, child.Name+" "+param, func(p *progress) error {
				return l.u.lists(ctx, child, append(l.chain(), param), p)
			})
		}
		if l.u.probe { // the first that has something is enough
			if err := work(); err != nil {
				return err
			}
			continue
		}
		g.Go(work)
	}
	return g.Wait()
}

// chain is what stands in the path of the list, from the left.
func (l *list) chain() []string { return l.t.r.chain(l.query, l.above) }

// pages reads the list, or the one object, from its cursor.
func (l *list) pages(ctx context.Context) iter.Seq2[oktaint.Page[json.RawMessage], error] {
	req, err := l.request(ctx)
	switch {
	case err != nil:
		return func(yield func(oktaint.Page[json.RawMessage], error) bool) {
			yield(oktaint.Page[json.RawMessage]{}, err)
		}
	case l.t.r.marks.single:
		return func(yield func(oktaint.Page[json.RawMessage], error) bool) { yield(l.single(req)) }
	}
	var from oktaint.Cursor
	l.u.locked(func() { from = l.p.Cursor })
	return oktaint.PagesRequest[json.RawMessage](l.u.c, from, req)
}

// single reads one object. Some of them come as a list of one or none.
func (l *list) single(req *http.Request) (oktaint.Page[json.RawMessage], error) {
	var object json.RawMessage
	if err := l.u.c.Do(req, &object); err != nil {
		return oktaint.Page[json.RawMessage]{}, err
	}
	var page oktaint.Page[json.RawMessage]
	if json.Unmarshal(object, &page.Items) != nil {
		page.Items = []json.RawMessage{object}
	}
	return page, nil
}

// request is the request of the first page.
func (l *list) request(ctx context.Context) (*http.Request, error) {
	req, err := l.t.r.request(ctx, l.u.c.Org, l.query, l.above)
	if err != nil || !l.u.probe || l.hasChildren() {
		return req, err
	}
	if q := req.URL.Query(); q.Has("limit") {
		q.Set("limit", fmt.Sprint(max(1, l.t.r.marks.least)))
		req.URL.RawQuery = q.Encode()
	}
	return req, nil
}

// hasChildren reports whether something below the list is read.
func (l *list) hasChildren() bool {
	for _, child := range below(l.t.r) {
		if l.u.needs(child) {
			return true
		}
	}
	return false
}
