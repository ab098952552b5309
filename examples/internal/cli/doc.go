// Package cli is what the example programs share: how they start and end, how
// they find the org and the credential, how they ask, and how they write to a
// terminal, a pipe or a program that reads JSON.
//
// A program is a help text and one function:
//
//	const help = `Whoami says whose credential it is.
//
//	Usage:
//	  whoami [flags]
//
//	` + cli.ConnectionHelp + `
//	The result:
//	  --json              print the result as JSON
//
//	` + cli.ExitHelp
//
//	func main() { cli.Main("whoami", run) }
//
//	func run(ctx context.Context, p *cli.Program) error {
//		var conn cli.Connection
//		conn.Flags(p.Flags(help))
//		p.JSONFlag()
//		if err := p.Parse(); err != nil {
//			return err
//		}
//		if p.Demo() {
//			sim, err := conn.Simulate(p, oktatest.Config{})
//			if err != nil {
//				return err
//			}
//			defer sim.Close()
//		}
//		client, err := conn.Connect(ctx, p)
//		if err != nil {
//			return err
//		}
//		...
//		return p.Print(result, func(t *cli.Table) { t.Row("login:", me.Login) })
//	}
//
// What a program is asked for goes to standard output, and everything that it
// tells a person goes to standard error. With --json, standard output always
// holds one JSON document. That of a failure, or the result of a run that was not
// complete, has the members error, hint and exit.
//
// Before a program takes something away it shows that and asks: see Consent.
//
// # Exit statuses
//
// A program ends with 0 if it has done its work, 1 if it could not, 2 if the
// command line is wrong, 3 if the work is done but something that was asked for
// is not so, and 130 if it was interrupted by SIGINT or SIGTERM. A second signal
// ends it at once.
//
// # No arguments
//
// A program without arguments is a demonstration on a simulated org, always. The
// environment (OKTA_CLIENT_ORGURL and the like) counts once any flag is given.
package cli
