// Loaded before the code of every part (node --import). A supervisor that is killed cannot stop its parts; the channel
// that closes then is the only sign. Parts stop in order on it (SEVENFOLD_STOP_WITH_PARENT); this ends one that does
// not. Plain JavaScript, because it is loaded by path into programs that know nothing of this package.
// A process that a part starts itself inherits this and may have reasons to stay (SEVENFOLD_OUTLIVES_PARENT): a worker of
// the edge serves until the next primary takes over.
const graceMs = 4000

if (process.env['SEVENFOLD_OUTLIVES_PARENT'] !== '1') {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), graceMs)
  })
}
