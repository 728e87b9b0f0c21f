#!/usr/bin/env node
import {userInfo} from 'node:os'
import {isatty} from 'node:tty'
import {fileURLToPath} from 'node:url'
import {setFlagsFromString} from 'node:v8'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A container's user may have no entry in passwd, where packages look for its home and shell as soon as they are loaded. */
function provideUser() {
  try {
    userInfo()
  } catch {
    process.env.HOME ??= '/'
    process.env.SHELL ??= '/bin/sh'
  }
}

/**
 * The space for young objects would grow to 32 MB with the first burst and stay that large. A daemon that mostly waits does
 * without, which saves some 20 MB. It grows while the program is read, so this comes first.
 */
function stayLean() {
  setFlagsFromString('--semi-space-growth-factor=1')
}

async function load() {
  try {
    return await import('../dist/cli/main.js')
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('main.js')) throw error
    console.error('error: lbex is not built\nhint: run npm run build, or use bin/dev.js')
    process.exit(3)
  }
}

/**
 * SIGHUP asks a daemon to look again. Node would end with it until the program has been loaded, and once it is done; at
 * both times there is nothing to look at. From a terminal that closes it is a reason to end.
 */
function outliveReload() {
  if (![0, 1, 2].some((stream) => isatty(stream))) process.on('SIGHUP', () => {})
}

if (process.argv[2] === 'run') {
  outliveReload()
  stayLean()
}
provideUser()
const {start} = await load()
await start({root})
