package signal

import (
	"maps"
	"slices"

	"callrelay/sfu"
)

// mediaTold is the newest that a seat was told of its connection: state that
// no welcome holds, for a page that kept the connection but missed too much,
// or that made it before it had a socket.
type mediaTold struct {
	early  bool // by an early offer: the page may not have heard any of it
	slots  *sfu.SlotsChanged
	layers map[sfu.Source]sfu.LayersWanted
}

func (s *Server) tellSlots(st *seat, e sfu.SlotsChanged) {
	st.told.slots = &e
	s.push(st.sess, slotsMessage(e))
}

func (s *Server) tellLayers(st *seat, e sfu.LayersWanted) {
	if st.told.layers == nil {
		st.told.layers = map[sfu.Source]sfu.LayersWanted{}
	}
	st.told.layers[e.Source] = e
	s.push(st.sess, layersMessage(e))
}

// tellMediaAgain tells a seat all that holds of its connection.
func (s *Server) tellMediaAgain(st *seat) {
	st.told.early = false
	if st.told.slots != nil {
		s.push(st.sess, slotsMessage(*st.told.slots))
	}
	for _, source := range slices.Sorted(maps.Keys(st.told.layers)) {
		s.push(st.sess, layersMessage(st.told.layers[source]))
	}
}
