package main

import (
	"fmt"
	"time"

	"callrelay/signal"
)

type tokenCommand struct {
	Key       string        `required:"" env:"CALLRELAY_KEY" help:"API key that signs the token."`
	Secret    string        `required:"" env:"CALLRELAY_SECRET" help:"Its secret; better in the environment than in a flag."`
	User      string        `required:"" help:"User who signs in with it."`
	Name      string        `help:"Name shown to others. Default: the user."`
	Rooms     []string      `default:"*" help:"Rooms that may be joined by name; * for all."`
	Callees   []string      `default:"*" help:"Users who may be called; * for all."`
	Publish   bool          `default:"true" negatable:"" help:"May send sound and pictures."`
	Subscribe bool          `default:"true" negatable:"" help:"May receive sound and pictures."`
	List      bool          `default:"true" negatable:"" help:"Sees who is online."`
	Host      bool          `help:"Is host of the rooms that it joins by name."`
	Admin     bool          `help:"May manage rooms, members and calls over the HTTP API."`
	Audience  string        `default:"callrelay" help:"Audience, as the server's --audience."`
	TTL       time.Duration `name:"ttl" default:"1h" help:"How long the token, and the sign-in that it opens, is good."`
}

func (c tokenCommand) Run(s streams) error {
	token, err := signal.MintToken(c.Key, []byte(c.Secret), c.Audience, signal.TokenGrants{
		User: c.User, Name: c.Name, Rooms: c.Rooms, Callees: c.Callees,
		Publish: c.Publish, Subscribe: c.Subscribe, List: c.List, Host: c.Host, Admin: c.Admin,
	}, time.Now(), c.TTL)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, token)
	return err
}
