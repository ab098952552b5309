package remediation

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ErrUnknownUser is wrapped by the error of [ResolveUser] for a name that is no
// user's.
var ErrUnknownUser = errors.New("there is no such user")

// ErrUnknownGroup is wrapped by the error of [ResolveGroup] for a name that is no
// group's.
var ErrUnknownGroup = errors.New("there is no such group")

var errAmbiguousName = errors.New("it names more than one")

// ResolveUser returns the user of an id or a login, who is named exactly: Okta
// would also take the beginning of a login. Actions are then about the id, which
// nobody else ever has. Letters of a login match whatever their case.
func ResolveUser(ctx context.Context, c *oktaint.Client, idOrLogin string) (Target, error) {
	name := strings.TrimSpace(idOrLogin)
	if name == "" || name == "me" || len(name) > 255 {
		return Target{}, fmt.Errorf("remediation: %.60q: %w: give an id (00u...) or a login", idOrLogin, ErrUnknownUser)
	}
	docs, err := lookUp(ctx, c, name)
	if err != nil {
		return Target{}, fmt.Errorf("remediation: looking for the user %.100q: %w", name, err)
	}
	var found []Target
	for _, doc := range docs {
		u := new(userView)
		u.fill(doc, "")
		if doc.ID == name || sameName(u.login, name) {
			found = append(found, Target{Type: TargetUser, ID: doc.ID, Name: u.login})
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Target{}, fmt.Errorf("remediation: %.100q: %w: give the whole login, or the id", name, ErrUnknownUser)
	}
	return Target{}, fmt.Errorf("remediation: %.100q: %w: give the id", name, errAmbiguousName)
}

// ResolveGroup returns the group of an id or a name, which has to be the whole one,
// letter for letter.
func ResolveGroup(ctx context.Context, c *oktaint.Client, idOrName string) (Target, error) {
	name := strings.TrimSpace(idOrName)
	if name == "" {
		return Target{}, fmt.Errorf("remediation: %q: %w: give an id (00g...) or a name", idOrName, ErrUnknownGroup)
	}
	if checkID(name) == nil {
		g, err := readGroup(ctx, c, name)
		if err != nil {
			return Target{}, fmt.Errorf("remediation: looking for the group %.100q: %w", name, err)
		}
		if !g.missing && g.id == name {
			return Target{Type: TargetGroup, ID: g.id, Name: g.name}, nil
		}
	}
	found, err := groupsNamed(ctx, c, name)
	switch {
	case err != nil:
		return Target{}, err
	case len(found) == 0:
		return Target{}, fmt.Errorf("remediation: %.100q: %w: give the whole name, or the id", name, ErrUnknownGroup)
	case len(found) > 1:
		return Target{}, fmt.Errorf("remediation: %.100q: %w: give the id", name, errAmbiguousName)
	}
	return Target{Type: TargetGroup, ID: found[0].id, Name: found[0].name}, nil
}

// ResolveUsers resolves names as [ResolveUser] does, several at a time. It returns
// each user once, in the order of the first name. If any name is not a user's, the
// error names all that are not.
func ResolveUsers(ctx context.Context, c *oktaint.Client, names iter.Seq2[string, error]) ([]Target, error) {
	var found []*Target
	var unknown []error
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(defaultParallel)
	for name, err := range names {
		if err != nil {
			g.Go(func() error { return err })
			break
		}
		t := new(Target)
		found = append(found, t)
		g.Go(func() (err error) {
			*t, err = ResolveUser(gctx, c, name)
			if errors.Is(err, ErrUnknownUser) || errors.Is(err, errAmbiguousName) {
				mu.Lock()
				defer mu.Unlock()
				unknown = append(unknown, err)
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		return nil, errors.Join(unknown...)
	}
	var targets []Target
	seen := make(map[string]bool)
	for _, t := range found {
		if !seen[t.ID] {
			seen[t.ID] = true
			targets = append(targets, *t)
		}
	}
	return targets, nil
}

// lookUp asks for a user by the path. A name that would have to be escaped there
// is asked for by a filter: Okta compares proofs of DPoP with the unescaped path.
func lookUp(ctx context.Context, c *oktaint.Client, name string) ([]userDocument, error) {
	if url.PathEscape(name) != name || strings.Trim(name, ".") == "" {
		var docs []userDocument
		for doc, err := range oktaint.List[userDocument](ctx, c, url.Values{"filter": {"profile.login eq " + quote(name)}}, "api", "v1", "users") {
			if err != nil {
				return nil, err
			}
			docs = append(docs, doc)
		}
		return docs, nil
	}
	switch doc, _, err := getUser(ctx, c, name); {
	case oktaint.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	default:
		return []userDocument{doc}, nil
	}
}

// maxLine bounds a line of ReadTargets, in bytes.
const maxLine = 1024

// ReadTargets reads ids or logins, one a line. Empty lines and what follows a # at
// the beginning of a line are left out; so is a byte order mark. It yields one
// error and stops where a line is too long or has more than one word, or where
// reading fails: a line that was cut is nobody's name.
func ReadTargets(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in := bufio.NewReaderSize(r, maxLine)
		for n := 1; ; n++ {
			text, err := in.ReadSlice('\n')
			if err != nil && err != io.EOF {
				if errors.Is(err, bufio.ErrBufferFull) {
					err = fmt.Errorf("it is longer than %d bytes: %w", maxLine, bufio.ErrTooLong)
				}
				yield("", fmt.Errorf("remediation: line %d of the targets: %w", n, err))
				return
			}
			line := strings.TrimSpace(strings.TrimPrefix(string(text), "\ufeff"))
			switch {
			case line == "" || line[0] == '#':
			case strings.ContainsFunc(line, separates):
				yield("", fmt.Errorf("remediation: line %d of the targets has more than one word: write one id or login a line", n))
				return
			case !yield(line, nil):
				return
			}
			if err == io.EOF {
				return
			}
		}
	}
}

// separates reports whether a character stands between words rather than in one.
func separates(r rune) bool {
	return r == ',' || r == ';' || unicode.IsSpace(r) || unicode.IsControl(r)
}
