/** Every command, by what the user types: the list that oclif reads. */
import Doctor from './doctor.js'
import Render from './render.js'
import Run from './run.js'

export const COMMANDS = {doctor: Doctor, render: Render, run: Run}
