/** Small files and names of files that survive a power cut, for all who keep any. */
package io.millrace.raft.disk;
