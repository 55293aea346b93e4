import { optionsFromEnvironment } from './options.ts'
import { pauseOptimising } from './pause-optimising.ts'
import { protect } from './protect.ts'

// Nothing here waits, so that `require` can load it as well.
protect(optionsFromEnvironment(process.env))
pauseOptimising()
