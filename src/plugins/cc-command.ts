// /cc asks people for their review; who is asked by name is not asked at random.
import { command } from "../model/commands.ts";

export const CC = command("(?mi)^/(un)?cc(( +@?[-/\\w]+?)*)\\s*$");
