#!/usr/bin/env node
import { run } from "../dist/create-fastserve.js";

run();
