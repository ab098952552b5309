package remediation

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// forEachUser calls do with the indexes of the steps of one user after another,
// several users at a time. Steps on groups and rules are done by themselves: what
// stands before them is over when they begin.
func forEachUser(ctx context.Context, steps []Step, parallel int, do func(ctx context.Context, steps []Step, at []int) error) error {
	for start := 0; start < len(steps); {
		end := start
		for end < len(steps) && steps[end].Action.Facts().Target.Type == TargetUser {
			end++
		}
		if end == start {
			if err := do(ctx, steps, []int{start}); err != nil {
				return err
			}
			start++
			continue
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(parallel)
		for _, at := range byUser(steps[start:end], start) {
			g.Go(func() error {
				if err := gctx.Err(); err != nil {
					return err
				}
				return do(gctx, steps, at)
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// byUser groups the indexes of steps by their user, in the order of the first one
// of each.
func byUser(steps []Step, offset int) [][]int {
	place := make(map[string]int)
	var groups [][]int
	for i := range steps {
		id := steps[i].Action.Facts().Target.ID
		at, ok := place[id]
		if !ok {
			at = len(groups)
			place[id] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], offset+i)
	}
	return groups
}
