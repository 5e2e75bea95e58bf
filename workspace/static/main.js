import * as acting from "./acting.js";
import * as appHome from "./app_home.js";
import * as clock from "./clock.js";
import * as composer from "./composer.js";
import * as dialogs from "./dialogs.js";
import * as drawer from "./drawer.js";
import * as go from "./go.js";
import * as inspector from "./inspector.js";
import * as keys from "./keys.js";
import * as files from "./files.js";
import { follow } from "./live.js";
import * as messages from "./messages.js";
import * as modal from "./modal.js";
import * as news from "./news.js";
import * as picker from "./picker.js";
import * as tables from "./tables.js";

follow();
for (const part of [acting, picker, files, tables, dialogs, modal, messages, composer, go, news, drawer, inspector, clock, appHome, keys]) part.listen();
