package oktatest

import (
	"fmt"
	"strings"
)

// Seeds are made from lists and numbers, so that equal configurations give equal
// orgs.

var (
	seedFirst = []string{
		"Ada", "Bela", "Chen", "Dana", "Emil", "Fatou", "Gita", "Hugo", "Ines", "Jomo", "Kaja", "Liam", "Mona", "Nils", "Olga",
		"Paolo", "Quinn",
	}
	seedLast = []string{
		"Abel", "Berg", "Costa", "Diaz", "Eder", "Fox", "Gomez", "Hahn", "Ito", "Jansen", "Khan", "Lopez", "Meyer", "Novak",
		"Okafor", "Park", "Rossi", "Silva", "Tanaka",
	}
	seedDepartments = []string{"Engineering", "Sales", "Support", "Finance", "Legal", "Marketing", "Operations"}
)

// seedCycle is the number of users after which the statuses repeat: among so many
// users one is in each status other than ACTIVE, and the rest are ACTIVE.
const seedCycle = 100

// seedStatus is the status of a user by number.
func seedStatus(number int) string {
	others := allBut(statusActive)
	at := number % seedCycle
	if at < seedCycle-len(others) {
		return statusActive
	}
	return others[at-(seedCycle-len(others))]
}

// seedGroups makes that many groups.
func (o *Org) seedGroups(n int) {
	for i := range n {
		department := seedDepartments[i%len(seedDepartments)]
		o.addGroup(groupOkta, fmt.Sprintf("%s %d", department, i/len(seedDepartments)+1), "Seeded group of "+department)
	}
}

// seedUsers makes that many users, each a member of one to three of the seeded
// groups.
func (o *Org) seedUsers(n int) {
	groups := o.groups.from(o.groups.after(o.everyone.id))
	for i := range n {
		u := o.newUser()
		u.profile = newProfile(seedProfile(i))
		o.putUser(u)
		o.startUser(u, User{Status: seedStatus(i)})
		for k := range 1 + i%3 {
			if len(groups) > 0 {
				o.join(groups[(i+k*(1+i/len(groups)))%len(groups)], u)
			}
		}
	}
}

// seedProfile is the profile of a user by number.
func seedProfile(number int) object {
	first, last := seedFirst[number%len(seedFirst)], seedLast[number%len(seedLast)]
	login := fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(first), strings.ToLower(last), number+1)
	return object{
		"firstName": first, "lastName": last, "login": login, "email": login,
		"department": seedDepartments[number/2%len(seedDepartments)],
	}
}
