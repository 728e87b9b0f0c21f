/** Every command, by what the user types: the list that oclif reads. */
import Check from './check.js'
import Render from './render.js'
import Run from './run.js'

export const COMMANDS = {check: Check, render: Render, run: Run}
