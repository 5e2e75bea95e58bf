import * as acting from "./acting.js";
import * as composer from "./composer.js";
import { follow } from "./live.js";
import * as modal from "./modal.js";
import * as picker from "./picker.js";

follow();
acting.listen();
picker.listen();
modal.listen();
composer.listen();
