package signal

import (
	"maps"
	"slices"

	"callrelay/sfu"
)

// mediaTold is the newest that a seat was told of its connection: state that
// no welcome holds, for a page that kept the connection but missed too much.
type mediaTold struct {
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
	if st.told.slots != nil {
		s.push(st.sess, slotsMessage(*st.told.slots))
	}
	for _, source := range slices.Sorted(maps.Keys(st.told.layers)) {
		s.push(st.sess, layersMessage(st.told.layers[source]))
	}
}
