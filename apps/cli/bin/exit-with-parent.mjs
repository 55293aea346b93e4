// Loaded before the code of every part (node --import). A supervisor that is killed cannot stop its parts; the channel
// that closes then is the only sign. Parts stop in order on it (SEVENFOLD_STOP_WITH_PARENT); this ends one that does
// not. Plain JavaScript, because it is loaded by path into programs that know nothing of this package.
const graceMs = 4000

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), graceMs)
})
