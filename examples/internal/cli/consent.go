package cli

import (
	"context"
	"errors"
	"fmt"
)

// ErrDeclined is the error of Consent if the answer was no.
var ErrDeclined = errors.New("the answer was no, so nothing was written")

// Consent asks before something is done that may be regretted, such as "Remove these
// 3 things?". yes is whether --yes was given: then nobody is asked. Without a terminal
// it is wrong usage to leave --yes out. The preview has to be seen by then.
func (p *Program) Consent(ctx context.Context, yes bool, question string) error {
	switch {
	case yes:
		return nil
	case p.Ask == nil:
		return Usagef("this asks at a terminal, and there is none, so nothing was written: look at what --dry-run shows, and add --yes")
	}
	agreed, err := p.Confirm(ctx, question)
	switch {
	case errors.Is(err, errInterrupted):
		return err
	case err != nil:
		return fmt.Errorf("nothing was written: %w", err)
	case !agreed:
		return ErrDeclined
	}
	return nil
}
