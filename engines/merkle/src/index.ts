export { MerkleError } from './merkle-error.ts'
export type { MerkleErrorCode } from './merkle-error.ts'
export { emptyRoot, hashSize, leafHash, leafHashesOfLines, nodeHash, sameHash } from './tree/hash.ts'
export type { HashReader } from './tree/range.ts'
export { consistencyProof, inclusionProof, treeRoot } from './tree/proofs.ts'
export { verifyConsistency, verifyInclusion } from './tree/verify.ts'
export type { ConsistencyClaim, InclusionClaim } from './tree/verify.ts'
export {
  maxTileLevel,
  parseTilePath,
  tileHeight,
  tilePath,
  tilesOfSize,
  tileWidth,
} from './tiles/tile-path.ts'
export type { TileId } from './tiles/tile-path.ts'
export { TileTree } from './tiles/tile-tree.ts'
export type { Tile } from './tiles/tile-tree.ts'
export { tileHashReader } from './tiles/tile-reader.ts'
export type { TileSource } from './tiles/tile-reader.ts'
export { decodeEntryBundle, encodeEntryBundle, maxEntryBytes } from './tiles/entry-bundle.ts'
export {
  decodeVerifierKey,
  ed25519Type,
  encodeVerifierKey,
  isKeyName,
  isSignedBy,
  maxNoteBytes,
  maxNoteSignatures,
  noteKey,
  parseNote,
  signatureLine,
  signNote,
} from './note/signed-note.ts'
export type { NoteKey, NoteSignature, SignedNote } from './note/signed-note.ts'
export { decodeCheckpoint, encodeCheckpoint } from './note/checkpoint.ts'
export type { Checkpoint } from './note/checkpoint.ts'
export {
  cosign,
  cosignatureType,
  cosignedAt,
  cosignerKey,
  decodeCosignerKey,
  encodeCosignerKey,
} from './note/cosignature.ts'
export {
  decodeAddCheckpoint,
  encodeAddCheckpoint,
  judgeAddCheckpoint,
  maxAddCheckpointBytes,
  maxProofLines,
} from './witness/add-checkpoint.ts'
export type { AddCheckpoint, Witnessed, WitnessVerdict, WitnessView } from './witness/add-checkpoint.ts'
export { decodeTlogProof, encodeTlogProof, maxTlogProofBytes, verifyTlogProof } from './proof/tlog-proof.ts'
export type { ProofPolicy, ProvenEntry, TlogProof } from './proof/tlog-proof.ts'
