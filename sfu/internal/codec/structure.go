package codec

// read reads template_dependency_structure (AV1 RTP specification, A.8.3).
func (s *Structure) read(r *bitReader) bool {
	s.offset = r.bits(6)
	s.targets = int(r.bits(5)) + 1
	if !s.readLayers(r) {
		return false
	}
	for i := range s.count {
		for k := range s.targets {
			s.templates[i].indications[k] = Indication(r.bits(2)) //nolint:gosec // 2 bits
		}
	}
	for i := range s.count {
		for r.flag() { // ends at the end of the bytes too: zeros follow
			if !s.templates[i].dependencies.add(r.bits(4) + 1) {
				return false
			}
		}
	}
	s.skipChains(r)
	s.findTargets()
	if r.flag() {
		s.readSizes(r)
	}
	return !r.over
}

// readLayers reads template_layers: each template's layer, told by the step
// from the one before.
func (s *Structure) readLayers(r *bitReader) bool {
	var layer Layer
	for s.count < maxTemplates {
		s.templates[s.count].layer = layer
		s.count++
		switch r.bits(2) {
		case 1:
			layer.Temporal++
		case 2:
			layer = Layer{Spatial: layer.Spatial + 1}
		case 3:
			return true
		}
		if r.over || layer.Temporal >= maxTemporal || layer.Spatial >= maxSpatial {
			return false
		}
	}
	return false
}

func (s *Structure) skipChains(r *bitReader) {
	s.chains = int(r.below(uint32(s.targets) + 1)) //nolint:gosec // at most 32
	if s.chains == 0 {
		return
	}
	for range s.targets {
		r.below(uint32(s.chains)) //nolint:gosec // at most 32
	}
	r.skip(4 * s.count * s.chains)
}

// findTargets derives decode_target_layers (A.8.3.7).
func (s *Structure) findTargets() {
	for k := range s.targets {
		for i := range s.count {
			t := &s.templates[i]
			if t.indications[k] == NotPresent {
				continue
			}
			s.layers[k].Spatial = max(s.layers[k].Spatial, t.layer.Spatial)
			s.layers[k].Temporal = max(s.layers[k].Temporal, t.layer.Temporal)
		}
	}
}

func (s *Structure) readSizes(r *bitReader) {
	s.hasSizes = true
	highest := s.templates[s.count-1].layer.Spatial
	for i := range highest + 1 {
		s.sizes[i] = Size{Width: int(r.bits(16)) + 1, Height: int(r.bits(16)) + 1}
	}
}
