import * as acting from "./acting.js";
import * as composer from "./composer.js";
import { follow } from "./live.js";
import * as modal from "./modal.js";

follow();
acting.listen();
modal.listen();
composer.listen();
