package oktatest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// deviceLinkKind is the row of the table of assets for the users of a device.
const deviceLinkKind = pathDevices + "/{deviceId}/users"

func usersOfDevice(id string) string { return pathDevices + "/" + id + "/users" }

// A deviceTransition is one of the operations below /devices/{id}/lifecycle.
type deviceTransition struct {
	from []string
	to   string
}

const (
	statusCreated     = "CREATED"
	statusDeactivated = "DEACTIVATED"
)

// deviceTransitions is the state machine of devices.
var deviceTransitions = map[string]deviceTransition{
	"activate":   {[]string{statusCreated, statusDeactivated}, statusActive},
	"deactivate": {[]string{statusActive, statusSuspended}, statusDeactivated},
	"suspend":    {[]string{statusActive}, statusSuspended},
	"unsuspend":  {[]string{statusSuspended}, statusActive},
}

// deviceRoutes change devices; the table of assets shows them.
var deviceRoutes = []route{
	deviceRoute("activate", activateDevices),
	deviceRoute("deactivate", deactivateDevices),
	deviceRoute("suspend", suspendDevices),
	deviceRoute("unsuspend", unsuspendDevices),
	{method: del, pattern: pathDevices + "/{device}", scope: "okta.devices.manage", need: deleteDevices, handler: (*call).deleteDevice},
}

func deviceRoute(name string, need permission) route {
	return route{method: post, pattern: pathDevices + "/{device}/lifecycle/" + name, scope: "okta.devices.manage", need: need,
		handler: func(c *call) (reply, error) { return c.moveDevice(name) }}
}

// device returns the device of the path.
func (c *call) device() (*asset, error) {
	if d := c.org.assetAt(pathDevices, c.param("device")); d != nil {
		return d, nil
	}
	return nil, notFound(c.param("device"), kindAt(pathDevices).class)
}

// moveDevice moves a device along a transition. A device that is deactivated loses its users.
func (c *call) moveDevice(name string) (reply, error) {
	d, err := c.device()
	if err != nil {
		return reply{}, err
	}
	t := deviceTransitions[name]
	if !slices.Contains(t.from, textOf(d.body["status"])) {
		return reply{}, invalid("status", fmt.Sprintf("status: A device that is %v cannot be %sd", d.body["status"], name))
	}
	c.org.changeAsset(d, object{"status": t.to})
	if t.to == statusDeactivated {
		for _, link := range c.org.assetList(usersOfDevice(d.id)).all() {
			c.org.dropAsset(link)
			c.org.assets.changed[link.path+"/"+link.id] = true
		}
	}
	c.recordAbout("device.lifecycle."+name, "Device lifecycle: "+name, partyOfDevice(d))
	return noContent()
}

// deleteDevice deletes a device that is deactivated.
func (c *call) deleteDevice() (reply, error) {
	d, err := c.device()
	if err != nil {
		return reply{}, err
	}
	if d.body["status"] != statusDeactivated {
		return reply{}, invalid("status", "status: A device has to be deactivated before it can be deleted")
	}
	c.org.dropAsset(d)
	c.org.assets.changed[d.path+"/"+d.id] = true
	c.recordAbout("device.lifecycle.delete", "Device lifecycle: delete", partyOfDevice(d))
	return noContent()
}

// partyOfDevice is a device as the target of an event.
func partyOfDevice(d *asset) party {
	return party{d.id, "Device", "unknown", textOf(lookUp(d.body, []string{"profile", "displayName"}))}
}

// deviceUserID is the id of the link between a device and a user.
func deviceUserID(d *asset, u *user) string {
	sum := sha256.Sum256([]byte(d.id + " " + u.id))
	return "lnk" + hex.EncodeToString(sum[:])[:14] + "5d7"
}

// mustAsset returns an object of a list, for callers in Go.
func (o *Org) mustAsset(path, id string) *asset {
	a := o.assetAt(path, id)
	if a == nil {
		panic("oktatest: there is no " + id + " at " + path)
	}
	return a
}

// AddDevice adds an active device that these users have enrolled, with the events of
// [Org.PutAsset], and returns its id. It panics if there is no such user.
func (o *Org) AddDevice(users ...string) string {
	id, err := o.PutAsset(pathDevices, map[string]any{"status": statusActive})
	if err != nil {
		panic("oktatest: add device: " + err.Error())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	d := o.mustAsset(pathDevices, id)
	for _, user := range users {
		u := o.mustUser(user)
		path := usersOfDevice(id)
		o.putAsset(&asset{kind: kindAt(deviceLinkKind), path: path, id: u.id, body: object{
			"created": stamp(o.now()), "managementStatus": "NOT_MANAGED", "screenLockType": "BIOMETRIC", "user": object{"id": u.id},
		}})
		o.assets.changed[path+"/"+u.id] = true
		o.addEvent("device.user.add", "Add user to device", partyOfUser(u), []party{partyOfDevice(d)}, path)
	}
	return id
}
