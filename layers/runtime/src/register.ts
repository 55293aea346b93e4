import { optionsFromEnvironment } from './agent/options.ts'
import { protect } from './agent/protect.ts'

// `node --import @sevenfold/runtime/register app.js`, or `-r`: nothing here waits, so that `require` can load it.
protect(optionsFromEnvironment(process.env))
