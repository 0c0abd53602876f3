// Package ledger settles what became of every packet that a participant sent:
// it arrived, or it was lost at a known place, or nobody can say where it
// went. The last must be none.
package ledger
