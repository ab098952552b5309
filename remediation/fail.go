package remediation

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// maxFailures is how many different targets fail in the same way before the work ends:
// then it is not the targets.
const maxFailures = 5

// failures counts the targets that could not be read or written for a reason that may
// pass. One target's never end the work of the others.
type failures struct {
	mu    sync.Mutex
	first error
	same  map[string]map[Target]bool // by what went wrong
}

// add takes in what went wrong with a target, if anything. The error it returns ends
// the work.
func (f *failures) add(t Target, err error) error {
	if err == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.first = orErr(f.first, err)
	if f.same == nil {
		f.same = make(map[string]map[Target]bool)
	}
	what := kindOf(err)
	if f.same[what] == nil {
		f.same[what] = make(map[Target]bool)
	}
	f.same[what][t] = true
	if n := len(f.same[what]); n >= maxFailures {
		return fmt.Errorf("remediation: %d targets failed in the same way, so the rest was left: %w", n, err)
	}
	return nil
}

// kindOf names what went wrong, apart from the target.
func kindOf(err error) string {
	if e, ok := answerOf(err); ok {
		return fmt.Sprint(e.StatusCode, e.Code)
	}
	for err != nil {
		next := errors.Unwrap(err)
		if next == nil {
			return fmt.Sprintf("%T %v", err, err)
		}
		err = next
	}
	return ""
}

// ends reports whether an error is about everything that is still to be done: the
// caller has given up, or there is no token.
func ends(ctx context.Context, err error) bool {
	_, none := oktaint.NoToken(err)
	return none || ctx.Err() != nil
}

func orErr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
